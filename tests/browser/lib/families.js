// The families of the tests: synthetic dossiers of the project, each test with a child of its own, so that tests can share a
// federation.

let number = 0;

/** A child that no other test knows. */
const newPupil = () => `leerling-${process.pid}-${number++}`;

const parent = (person, name, more = {}) => ({ person, name, authority: 'joint', language: 'nl', ...more });

/** The people with a say in the dossiers that the tests push. */
const PEOPLE = {
  elif: parent('elif', 'Elif Aydin', { language: 'tr' }),
  mark: parent('mark', 'Mark Bakker'),
  chantal: parent('chantal', 'Chantal Pinas'),
  roy: parent('roy', 'Roy Pinas'),
  jayden: { person: 'jayden', name: 'Jayden Pinas', language: 'nl', 'young-person': true },
  rania: parent('rania', 'Rania Haddad', { language: 'ar' }),
  ingrid: parent('ingrid', 'Ingrid de Graaf', { authority: 'single' }),
  sanne: parent('sanne', 'Sanne van Dijk'),
  milan: { person: 'milan', name: 'Milan de Graaf', language: 'nl', 'young-person': true },
};

/** One child at one sending organisation, with what was pushed about them. */
export class Family {
  constructor(town, from, pupil, results) {
    this.town = town;
    this.from = from;
    this.pupil = pupil;
    this.results = results;
  }

  /** Pushes a dossier. `people` are keys of PEOPLE or people as in a plan, `targets` as in a push plan, with an organisation's key in `to`. */
  static async push(town, { from, dossier, people, targets, born, pupil = newPupil() }) {
    const results = await town.act('push', {
      from,
      dossier,
      pupil,
      born,
      guardians: people.map((person) => PEOPLE[person] ?? person),
      targets: targets.map((target) => ({ ...target, to: town.organisations[target.to].oin })),
    });
    for (const result of results) {
      if (result.refused) throw new Error(`${result.purpose} was refused: ${result.refused}`);
    }
    return new Family(town, from, pupil, results);
  }

  /** The handover's id for a purpose. */
  handover(purpose) {
    return this.results.find((result) => result.purpose === purpose).handover;
  }

  /** A letter for somebody: its code and the invitation's id. */
  letter(person, { replace = false } = {}) {
    return this.town.act('letter', { from: this.from, pupil: this.pupil, person, replace });
  }

  /** Somebody who answers with the reference client instead of a browser; answers their number. */
  async elsewhere(person) {
    const { code } = await this.letter(person);
    return this.town.act('activate', { code, secret: `het geheim van ${person} zelf` });
  }

  /** Somebody elsewhere says the same to everything that a handover asks. */
  says(guardian, purpose, choice) {
    return this.town.act('decide', { guardian, handover: this.handover(purpose), choice });
  }

  /** Where the handover stands at its sender, once it stands at `stage` or patience has ended. */
  reaches(purpose, stage) {
    return this.town.act('reaches', { from: this.from, handover: this.handover(purpose), stage });
  }

  /** How it stands at its sender now. */
  sent(purpose) {
    return this.town.act('sent', { from: this.from, handover: this.handover(purpose) });
  }

  /** What an intake worker at `at` reads. Waits for it. */
  read(purpose, at) {
    return this.town.act('read', { at, handover: this.handover(purpose) });
  }

  /** What the inbox at `at` says now; null if it is not there. */
  inbox(purpose, at) {
    return this.town.act('inbox', { at, handover: this.handover(purpose) });
  }

  /** The people around the child, with the state of their letters, by key. */
  async people() {
    const people = await this.town.act('people', { at: this.from, pupil: this.pupil });
    return Object.fromEntries(people.map((person) => [person.person, person]));
  }
}

/** Noor, 11: her school wants to tell a care provider what helps her. Her mother alone has a say. */
export const noor = (town, more = {}) =>
  Family.push(town, {
    from: 'waterlelie',
    dossier: 'noor',
    people: ['elif'],
    targets: [{ purpose: 'care-handover', to: 'linde' }],
    ...more,
  });

/** The same with both parents. */
export const noorOfTwo = (town) => noor(town, { people: ['elif', 'mark'] });

/** Jayden, 13: a parent and he himself decide. */
export const jayden = (town) =>
  Family.push(town, {
    from: 'stadscollege',
    dossier: 'jayden',
    people: ['chantal', 'jayden'],
    targets: [{ purpose: 'care-handover', to: 'linde' }],
  });

/** Milan, 16: the law sends his results to the mbo, and about care he decides alone. */
export const milan = (town) =>
  Family.push(town, {
    from: 'stadscollege',
    dossier: 'milan',
    people: ['ingrid', 'milan'],
    targets: [
      { purpose: 'transfer-report-secondary', to: 'vakhuis', site: '99MA00', 'applied-on': '2027-01-18' },
      { purpose: 'care-handover', to: 'linde' },
    ],
  });

/** Sara, 8: her mother reads Arabic. */
export const sara = (town) =>
  Family.push(town, {
    from: 'havenhoofd',
    dossier: 'sara',
    people: ['rania'],
    targets: [{ purpose: 'care-handover', to: 'linde' }],
  });

/** Noor with a father whose authority is under investigation. */
export const noorDisputed = (town) =>
  Family.push(town, {
    from: 'waterlelie',
    dossier: 'noor',
    people: ['elif', { ...PEOPLE.mark, 'under-investigation': true }],
    targets: [{ purpose: 'care-handover', to: 'linde' }],
  });

/** Emma, 6: a colleague is worried and reports it, with a second one. */
export const emma = (town) =>
  Family.push(town, {
    from: 'waterlelie',
    dossier: 'emma',
    people: ['sanne'],
    targets: [
      {
        purpose: 'safety',
        to: 'veilig-thuis',
        safety: { justification: 'Wat wij zagen staat in het dossier.', 'second-professional': 'directie-1' },
      },
    ],
  });

/** The letters of a parent and of a young person who read this language, as they are printed. */
export async function lettersIn(town, language) {
  const family = await Family.push(town, {
    from: 'stadscollege',
    dossier: 'jayden',
    people: [{ ...PEOPLE.chantal, language }, { ...PEOPLE.jayden, language }],
    targets: [{ purpose: 'care-handover', to: 'linde' }],
  });
  const letters = [];
  for (const person of ['chantal', 'jayden']) letters.push({ person, ...(await family.letter(person)) });
  return letters;
}
