use std::fmt::Write as _;

use super::*;

/// Reach, and sensitivity with a word for it: content for whoever works on it, content that is named for this role, content
/// that is named for others.
fn sensitivities(role: Role) -> [(&'static str, Sensitivity); 4] {
    let others = Role::ALL.iter().copied().filter(|other| *other != role).collect();
    [
        ("no content", Sensitivity::Nothing),
        ("ordinary", Sensitivity::Ordinary),
        (
            "held closely, for this role",
            Sensitivity::Only(BTreeSet::from([role])),
        ),
        ("held closely for others", Sensitivity::Only(others)),
    ]
}

fn said(verdict: Verdict) -> String {
    match verdict {
        // On which ground follows from the reach: a test of its own says so.
        Verdict::Allowed(_) => "yes".to_owned(),
        Verdict::NeedsBreakGlass(why) => format!("break the glass: {why}"),
        Verdict::Refused(why) => format!("no: {why}"),
    }
}

/// Every role, action, reach and sensitivity, a line for each class of equal answers.
fn matrix() -> String {
    let mut text = String::new();
    for role in Role::ALL.iter().copied() {
        writeln!(text, "# {role}").expect("writes");
        let roles = BTreeSet::from([role]);
        for action in Action::ALL.iter().copied() {
            let mut classes: Vec<(String, Vec<String>)> = Vec::new();
            for (word, sensitivity) in sensitivities(role) {
                let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
                for reach in Reach::ALL.iter().copied() {
                    let answer = said(may(&roles, action, &sensitivity, reach));
                    match answers.iter_mut().find(|(known, _)| *known == answer) {
                        Some((_, reaches)) => reaches.push(reach.word()),
                        None => answers.push((answer, vec![reach.word()])),
                    }
                }
                let whole = answers.len() == 1;
                let answers: Vec<String> = answers
                    .into_iter()
                    .map(|(answer, reaches)| {
                        if whole {
                            answer
                        } else {
                            format!("{answer} ({})", reaches.join(", "))
                        }
                    })
                    .collect();
                let answer = answers.join("; ");
                match classes.iter_mut().find(|(known, _)| *known == answer) {
                    Some((_, words)) => words.push(word.to_owned()),
                    None => classes.push((answer, vec![word.to_owned()])),
                }
            }
            let all = classes.len() == 1;
            for (answer, cases) in classes {
                let cases = if all {
                    "always".to_owned()
                } else {
                    cases.join(", ")
                };
                writeln!(text, "{action}: {answer} <- {cases}").expect("writes");
            }
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_matrix_is_the_reviewed_one() {
    insta::assert_snapshot!("matrix", matrix());
}

#[test]
fn every_role_and_every_action_has_its_lines_in_the_reviewed_matrix() {
    let reviewed = include_str!("snapshots/handdruk_workdesk__access__tests__matrix.snap");
    let mut parts = reviewed.split("\n# ").skip(1);
    for role in Role::ALL {
        let part = parts.next().expect("a part for every role");
        assert!(part.starts_with(&format!("{role}\n")), "{role}");
        for action in Action::ALL {
            let has = part.contains(&format!("\n{action}: ")) || part.contains(&format!("\n{action}, "));
            assert!(has, "{role} {action}");
        }
    }
}

#[test]
fn the_ground_is_that_of_the_reach_and_broken_glass_is_for_looking_only() {
    let roles = BTreeSet::from([Role::Supervisor]);
    for action in Action::ALL
        .iter()
        .copied()
        .filter(|action| concerns_a_handover(*action))
    {
        let ask = |reach| may(&roles, action, &Sensitivity::Ordinary, reach);
        assert_eq!(ask(Reach::Mine), Verdict::Allowed(Ground::Assigned));
        assert_eq!(ask(Reach::StandIn), Verdict::Allowed(Ground::StandsIn));
        assert_eq!(ask(Reach::Scope), Verdict::Allowed(Ground::Scope));
        let looks = matches!(action, Action::Open | Action::Read);
        let expected = if looks {
            Verdict::Allowed(Ground::BrokenGlass)
        } else {
            Verdict::Refused(Why::Elsewhere)
        };
        assert_eq!(ask(Reach::BrokenGlass), expected, "{action}");
    }
}

#[test]
fn two_roles_together_may_what_one_of_them_may_alone() {
    for one in Role::ALL.iter().copied() {
        for other in Role::ALL.iter().copied() {
            for action in Action::ALL.iter().copied() {
                for (_, sensitivity) in sensitivities(one) {
                    for reach in Reach::ALL.iter().copied() {
                        let ask = |roles: &[Role]| {
                            may(&roles.iter().copied().collect(), action, &sensitivity, reach)
                        };
                        let allowed = |verdict| matches!(verdict, Verdict::Allowed(_));
                        assert_eq!(
                            allowed(ask(&[one, other])),
                            allowed(ask(&[one])) || allowed(ask(&[other])),
                            "{one} and {other}: {action} {sensitivity:?} {reach}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn who_looks_after_accounts_or_the_log_never_sees_a_child_not_even_with_broken_glass() {
    for role in [Role::Administrator, Role::Auditor, Role::PrivacyOfficer] {
        for action in [
            Action::List,
            Action::Open,
            Action::Read,
            Action::Export,
            Action::BreakGlass,
        ] {
            for reach in Reach::ALL.iter().copied() {
                let verdict = may(&BTreeSet::from([role]), action, &Sensitivity::Nothing, reach);
                assert_eq!(verdict, Verdict::Refused(Why::Role), "{role} {action} {reach}");
            }
        }
    }
}

#[test]
fn a_closely_held_category_that_the_catalogue_names_for_nobody_is_nobodys() {
    let everybody = Role::ALL.iter().copied().collect();
    let verdict = may(
        &everybody,
        Action::Read,
        &Sensitivity::Only(BTreeSet::new()),
        Reach::Mine,
    );
    assert_eq!(verdict, Verdict::NeedsBreakGlass(Why::Sensitive));
}

#[test]
fn a_scope_covers_its_own_sites_and_teams_and_nothing_that_names_neither() {
    use handdruk_domain::role::Desk as Team;
    let site = |text: &str| text.parse().expect("a site");
    let at = |site: Option<&str>, team| Whereabouts {
        site: site.map(|text| text.parse().expect("a site")),
        team,
    };
    let one = Scope::Only {
        sites: BTreeSet::from([site("99ZZ00")]),
        teams: BTreeSet::new(),
    };
    let team = Scope::Only {
        sites: BTreeSet::new(),
        teams: BTreeSet::from([Team::Care]),
    };
    for (scope, place, expected) in [
        (&one, at(Some("99ZZ00"), None), true),
        (&one, at(Some("99ZZ01"), None), false),
        (&one, at(Some("99ZZ00"), Some(Team::SupportTeam)), true),
        (&one, at(None, Some(Team::Care)), false),
        (&one, at(None, None), false),
        (&team, at(None, Some(Team::Care)), true),
        (&team, at(None, Some(Team::Attendance)), false),
        (&team, at(Some("99ZZ00"), Some(Team::Care)), false),
        (&Scope::Everything, at(None, None), true),
    ] {
        let expected = if expected { Reach::Scope } else { Reach::Beyond };
        assert_eq!(reach(scope, &place, Reach::Beyond), expected, "{place:?}");
        assert_eq!(
            reach(scope, &place, Reach::Mine),
            Reach::Mine,
            "what is given stays given"
        );
    }
}

#[test]
fn nobody_is_marked_absent_from_outside_their_scope_or_to_stand_in_oneself() {
    use handdruk_domain::role::Desk as Team;
    let only = |sites: &[&str], teams: &[Team]| Scope::Only {
        sites: sites.iter().map(|text| text.parse().expect("a site")).collect(),
        teams: teams.iter().copied().collect(),
    };
    let one = only(&["99ZZ00"], &[]);
    let supervisor = BTreeSet::from([Role::Supervisor]);
    for (own, theirs, expected) in [
        (&one, &one, true),
        (&Scope::Everything, &one, true),
        (&only(&["99ZZ00", "99ZZ01"], &[]), &one, true),
        (&only(&["99ZZ00"], &[Team::Care]), &only(&[], &[Team::Care]), true),
        (&one, &only(&["99ZZ01"], &[]), false),
        (&one, &only(&["99ZZ00", "99ZZ01"], &[]), false),
        (&only(&["99ZZ00"], &[Team::Care]), &one, false),
        (&one, &only(&["99ZZ00"], &[Team::Care]), false),
        (&one, &only(&[], &[]), false),
        (&one, &Scope::Everything, false),
    ] {
        let expected = if expected {
            Verdict::Allowed(Ground::Task)
        } else {
            Verdict::Refused(Why::Elsewhere)
        };
        assert_eq!(
            may_mark_absent(&supervisor, own, theirs, false),
            expected,
            "{own:?} {theirs:?}"
        );
    }
    let administrator = BTreeSet::from([Role::Administrator]);
    let ask = |roles: &BTreeSet<Role>, names| may_mark_absent(roles, &one, &Scope::Everything, names);
    assert_eq!(ask(&administrator, false), Verdict::Allowed(Ground::Task));
    let both = BTreeSet::from([Role::Administrator, Role::Supervisor]);
    for roles in [&administrator, &both] {
        assert_eq!(ask(roles, true), Verdict::Refused(Why::Own), "not oneself");
    }
    assert_eq!(
        ask(&BTreeSet::from([Role::Intake]), false),
        Verdict::Refused(Why::Role)
    );
}

#[test]
fn that_a_report_of_unsafety_goes_out_is_seen_by_the_safety_officer_alone() {
    for purpose in Purpose::ALL.iter().copied() {
        for role in Role::ALL.iter().copied() {
            let roles = BTreeSet::from([role]);
            let expected = purpose != Purpose::Safety || role == Role::SafetyOfficer;
            assert_eq!(
                sees(&roles, Direction::Sent, purpose),
                expected,
                "{role} {purpose}"
            );
            assert!(
                sees(&roles, Direction::Received, purpose),
                "what comes in is for who works on it"
            );
        }
    }
}
