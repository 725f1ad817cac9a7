//! `handdruk counts`: how many children were handed over, for whom the federation counts. Small numbers are hidden.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use handdruk_domain::figures::{Quarter, Standing};
use handdruk_domain::oin::Municipality;
use handdruk_proto::{from_wire, v1};
use handdruk_service::SystemClock;
use serde_json::{Value, json};

use crate::system::System;
use crate::words;

/// How many children were handed over, and how that stands: for municipalities, and for support alliances about the
/// municipalities of their region.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The system's own file: node address and certificate.
    #[arg(long = "as", value_name = "SYSTEM.toml", default_value = "system.toml")]
    system: PathBuf,
    /// Only of this municipality (CBS code, 4 digits). Without it, all that there are counts of for this organisation.
    #[arg(long, value_name = "CODE")]
    municipality: Option<Municipality>,
    /// The quarter in which the children change schools, such as 2027-Q3. Without it, the newest that is counted.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<Quarter>,
    /// Say of which municipalities and quarters there are counts, and no counts.
    #[arg(long, conflicts_with_all = ["municipality", "quarter"])]
    list: bool,
    /// For programs: JSON; what is hidden is null.
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  handdruk counts                      the newest quarter that is counted
  handdruk counts --list               of which municipalities and quarters there are counts
  handdruk counts --municipality 0193 --quarter 2027-Q3
  handdruk counts --json               for programs

What is counted: children who live in the municipality and change schools in the quarter, each
once for every organisation that hands over. Never under a secret address, never reports of
unsafety, and not what this organisation, or another that sees these counts, sends or receives
itself: that stands in its own lists.

What is hidden: \"<10\" is fewer than ten, and may be none. A total is \"not told\" where it would
tell what is hidden. Counts are made once, when a quarter has been over for another one, and never
change: asking twice, or asking somebody else, tells nothing more.";

/// The counts of one municipality and quarter.
struct Counted {
    municipality: String,
    quarter: String,
    counts: v1::GetCountsResponse,
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let system = System::from_file(&args.system, Arc::new(SystemClock))?;
    let answer = system.figures().list_counts(v1::ListCountsRequest {}).await;
    let there_are = answer.map_err(|status| words::failure(&status))?.into_inner();
    if args.list {
        return list(&there_are, args.json);
    }
    let municipalities = match args.municipality {
        Some(one) => vec![one.to_string()],
        None => there_are.municipalities,
    };
    let newest = there_are.quarters.into_iter().next();
    let quarter = args.quarter.map(|quarter| quarter.to_string()).or(newest);
    let quarter = quarter.context("no quarter is counted yet")?;
    let mut tables = Vec::with_capacity(municipalities.len());
    for municipality in municipalities {
        let asked = v1::GetCountsRequest {
            municipality: municipality.clone(),
            quarter: quarter.clone(),
        };
        let answer = system.figures().get_counts(asked).await;
        tables.push(Counted {
            municipality,
            quarter: quarter.clone(),
            counts: answer.map_err(|status| words::failure(&status))?.into_inner(),
        });
    }
    if args.json {
        let tables: Vec<Value> = tables.iter().map(Counted::json).collect();
        println!("{}", serde_json::to_string_pretty(&tables)?);
        return Ok(());
    }
    if tables.is_empty() {
        println!("There are no counts for this organisation: its membership names no municipality.");
    }
    for counted in &tables {
        counted.show();
    }
    Ok(())
}

fn list(there_are: &v1::ListCountsResponse, json: bool) -> anyhow::Result<()> {
    if json {
        let listed = json!({ "municipalities": there_are.municipalities, "quarters": there_are.quarters });
        println!("{}", serde_json::to_string_pretty(&listed)?);
    } else {
        println!("municipalities: {}", there_are.municipalities.join(" "));
        println!("quarters:       {}", there_are.quarters.join(" "));
    }
    Ok(())
}

impl Counted {
    fn json(&self) -> Value {
        let purposes = self.counts.purposes.iter().map(|row| {
            let counts: serde_json::Map<String, Value> = Standing::ALL
                .iter()
                .map(|standing| (standing.word().to_owned(), json!(children(row, *standing))))
                .collect();
            json!({ "purpose": words::purpose(row.purpose), "counts": counts, "total": row.total })
        });
        json!({
            "municipality": self.municipality,
            "quarter": self.quarter,
            "made": self.counts.made,
            "hidden_below": self.counts.hidden_below,
            "purposes": purposes.collect::<Vec<_>>(),
        })
    }

    fn show(&self) {
        println!(
            "Municipality {}, changing schools in {}, counted on {}",
            self.municipality, self.quarter, self.counts.made
        );
        let few = format!("<{}", self.counts.hidden_below);
        let (told, hidden): (Vec<_>, Vec<_>) = self.counts.purposes.iter().partition(|row| tells(row));
        if !told.is_empty() {
            println!("{}", table(&told, &few));
        }
        if !hidden.is_empty() {
            let names: Vec<_> = hidden.iter().map(|row| words::purpose(row.purpose)).collect();
            println!("{few} in everything, perhaps none: {}", names.join(", "));
        }
        println!();
    }
}

/// Rows of which something is shown; `few` stands for a hidden number.
fn table(rows: &[&v1::PurposeCounts], few: &str) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    let standings = Standing::ALL.iter().map(|standing| heading(*standing));
    table.set_header(["why"].into_iter().chain(standings).chain(["total"]));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for row in rows {
        let counts = Standing::ALL.iter().map(|standing| {
            children(row, *standing).map_or_else(|| few.to_owned(), |children| children.to_string())
        });
        let total = row
            .total
            .map_or_else(|| "not told".into(), |total| total.to_string());
        let name = words::purpose_name(row.purpose);
        table.add_row([name].into_iter().chain(counts).chain([total]));
    }
    table
}

/// Whether anything of a row is shown.
fn tells(row: &v1::PurposeCounts) -> bool {
    row.total.is_some() || row.counts.iter().any(|count| count.children.is_some())
}

fn children(row: &v1::PurposeCounts, standing: Standing) -> Option<u64> {
    let of = |count: &&v1::StandingCount| from_wire::<Standing>(count.standing) == Ok(standing);
    row.counts.iter().find(of)?.children
}

const fn heading(standing: Standing) -> &'static str {
    match standing {
        Standing::UnderWay => "under way",
        Standing::Late => "late",
        Standing::Waiting => "waiting list",
        Standing::NoPlace => "no place",
        Standing::Closed => "done",
        Standing::NotHandedOver => "not handed over",
    }
}

#[cfg(test)]
mod tests {
    use handdruk_domain::purpose::Purpose;
    use handdruk_proto::to_wire;

    use super::*;

    fn row(children: [Option<u64>; 6], total: Option<u64>) -> v1::PurposeCounts {
        let counts = Standing::ALL.iter().zip(children);
        v1::PurposeCounts {
            purpose: to_wire(Purpose::CareHandover),
            counts: counts
                .map(|(standing, children)| v1::StandingCount {
                    standing: to_wire(*standing),
                    children,
                })
                .collect(),
            total,
        }
    }

    #[test]
    fn a_number_stands_under_its_standing_and_what_is_hidden_says_so() {
        let shown = row([Some(41), None, None, None, Some(120), None], None);
        let mut table = table(&[&shown], "<10");
        table.force_no_tty().set_width(140);
        let lines: Vec<String> = table.lines().collect();
        let cells = |line: &str| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            cells(&lines[1]),
            [
                "why",
                "under way",
                "late",
                "waiting list",
                "no place",
                "done",
                "not handed over",
                "total"
            ]
        );
        assert_eq!(
            cells(&lines[3])[1..],
            ["41", "<10", "<10", "<10", "120", "<10", "not told"],
            "{table}"
        );
    }

    #[test]
    fn for_programs_what_is_hidden_is_null() {
        let counted = Counted {
            municipality: "0193".into(),
            quarter: "2027-Q3".into(),
            counts: v1::GetCountsResponse {
                purposes: vec![row([Some(41), None, None, None, Some(120), None], Some(175))],
                hidden_below: 10,
                made: "2028-01-03".into(),
            },
        };
        let json = counted.json();
        assert_eq!(json["purposes"][0]["counts"]["under-way"], 41);
        assert_eq!(json["purposes"][0]["counts"]["late"], Value::Null);
        assert_eq!(json["purposes"][0]["total"], 175);
    }
}
