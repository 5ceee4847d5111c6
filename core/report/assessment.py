"""Text for a data-protection impact assessment, in the structure of the CNIL's method, from the figures of a study.

Structure and words of the steps: CNIL, Privacy Impact Assessment: methodology, templates and knowledge bases (February 2018),
as its software PIA words them (github.com/LINCnil/pia).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.charts import ATTACKER_WORDS, LINKAGE_WORDS, counted, percent
from core.report import findings
from core.report.findings import MostExposed, Named
from core.report.scales import LIKELIHOOD, SEVERITY, Scale, Suggestion
from core.report.sections import Assessment, Blank, Points, Section
from core.risk import FEWEST_FACES, GROUPINGS, Exposure
from core.scenario import BY_BIN, EXACT, LINKAGES
from core.study import Frontier, LinkageStudy, Study

TITLE = "Draft for an impact assessment: illegitimate access to face embeddings"

_BASIS = (
    "The company's people are drawn from a census (United States, 1994), cut and weighted as the scenario says. Your own staff "
    "may differ.",
    "The attacker was tested on generated faces that no attacker had learnt from. They resemble real ones; the model card says "
    "how closely.",
)
_LIMITS = (
    "Whether embeddings leak at all is not measured: it depends on your systems, and is for you to judge.",
    "The attacker uses age, sex and race only. A real attacker may know more, and name more.",
    "The public list is taken to be complete and right: it names each employee, and nobody else.",
    "Sex and race are read in classes that an attacker uses and that fit nobody exactly.",
    "Protections are measured against attackers of today who have some thousand protected faces. More faces read more.",
    "Of many protections tried, the best one looks a little better than it is.",
    "What follows for a person who is named is not measured: it depends on what else your database holds.",
)
_SOURCES = (
    "CNIL, Privacy Impact Assessment (PIA): methodology, templates, and knowledge bases, February 2018 editions. The CNIL's "
    "software calls the third step Important.",
    "Regulation (EU) 2016/679 (GDPR), Articles 9 and 35.",
    "Fábián and Gulyás, De-anonymizing Facial Recognition Embeddings: the attack.",
    "Faceprint Risk, docs/method.md and models/README.md: formulas, data and their limits.",
)


def draft(
    study: Study,
    groups: Mapping[str, Exposure],
    frontier: Frontier,
    *,
    linked: LinkageStudy | None = None,
    basis: Sequence[str] = _BASIS,
    reader: str | None = None,
) -> Assessment:
    """Write the draft of one risk, illegitimate access to data, from a study's figures.

    Parameters
    ----------
    study : Study
    groups : mapping of Exposure
        Who bears the risk, by groupings of `core.risk.GROUPINGS`; see `core.study.exposure`. The last one in that order is
        where the most exposed class is looked for; groupings by two attributes before it are not listed.
    frontier : Frontier
        Protections that were measured.
    linked : LinkageStudy, optional
        Result of `core.study.link` where the scenario's linkage is another than `"cells"`.
    basis : sentences, optional
        Where the company's people and the faces come from, if not from the census and the generator.
    reader : str, optional
        Who reads the faces, if not the scenario's attacker.

    Raises
    ------
    ValueError
        If there are no groups, or the scenario's linkage was not simulated.
    """
    named = findings.named_by(study, linked)
    known = [name for name in GROUPINGS if name in groups]
    if not known:
        raise ValueError(f"groups must hold at least one of {', '.join(GROUPINGS)}, got {', '.join(groups) or 'none'}")
    worst = findings.most_exposed(groups[known[-1]], known[-1])
    severity = SEVERITY.suggest(*worst.chance, guess=study.random_guess)
    likelihood = LIKELIHOOD.suggest(named.share, named.low, named.high, guess=study.random_guess)
    tables = (findings.exposure_table(groups[name], name) for name in known if len(GROUPINGS[name]) == 1 or name == known[-1])
    sections = (
        _about(),
        *_context(study, reader),
        findings.controls(frontier),
        Section("3.2 Illegitimate access to data", 2, (findings.headline(study, named),)),
        *_causes(study),
        _impacts(frontier, named),
        Section("Who bears it most", 3, (worst.sentence(), *tables)),
        _severity(severity, worst, study.random_guess),
        _likelihood(likelihood, study, named, frontier),
        Section("4 What the figures rest on", 1, (Points((*basis, *_exactness(study, linked))),)),
        Section("5 Limits", 1, (Points(_LIMITS),)),
        Section("6 Sources", 1, (Points(_SOURCES),)),
    )
    return Assessment(TITLE, severity, likelihood, sections)


def _about() -> Section:
    return Section(
        "About this draft",
        1,
        (
            "This draft covers one risk of the CNIL's method: illegitimate access to data, for a database of face embeddings "
            "of staff. Each figure says how sure it is. Severity and likelihood are suggestions from these figures: you set "
            "them.",
            "What stands beside 'to fill in' is yours to write. The method's other risks, and its study of the fundamental "
            "principles, are not drafted here.",
        ),
    )


def _context(study: Study, reader: str | None) -> tuple[Section, ...]:
    scenario = study.scenario
    years = counted(scenario.age_bin_width, "year")
    attacker, way = reader or ATTACKER_WORDS[scenario.attacker].lower(), LINKAGE_WORDS[scenario.linkage].lower()
    by_cell = scenario.linkage == LINKAGES[0]
    ages = {BY_BIN: f"ages known to {years}", EXACT: "exact ages"}
    known = ages[BY_BIN if by_cell else scenario.age_knowledge] if by_cell or scenario.age_knowledge in ages else None
    then = (
        "Whoever is read rightly shares that reading with others: the fewer they are, the surer the name."
        if by_cell
        else "Names on the list are then compared by how well they fit all that was read."
    )
    return (
        Section(
            "1 Context",
            1,
            (
                f"A company of {scenario.company_size:,} people stores face embeddings of them: lists of numbers that "
                f"software makes from photos to recognise a face. {counted(scenario.pictures, 'picture')} of each person can "
                "leak. No name stands beside them.",
                Blank("Name and purpose of the processing; controller and processors"),
                Blank("Data beside the embeddings, retention, recipients, and supporting assets such as servers and readers"),
            ),
        ),
        Section(
            "The attack that was measured",
            2,
            (
                f"An attacker reads sex, race and age off each embedding with a trained reader ({attacker}) and looks them up "
                f"in a public list of the staff (matched by: {way}) with "
                f"{known or f'ages known {scenario.age_knowledge} years'}. Sex, race and age (to {years}) are all read "
                f"rightly for {percent(study.exact.correct)} of people, the exact expectation for the faces tested. {then}",
                f"Seed {scenario.seed}, protocol {scenario.protocol}: the same choices give the same figures.",
            ),
        ),
        Section("2 Study of the fundamental principles", 1, (Blank("Proportionality, necessity, and rights of people"),)),
        Section("3 Study of the risks related to the security of data", 1, ()),
    )


def _causes(study: Study) -> tuple[Section, ...]:
    listed = study.readings
    return (
        Section(
            "Risk sources",
            3,
            (
                Points(
                    (
                        "Internal people: an employee or administrator who is negligent or acts in bad faith.",
                        "External people: an attacker who breaks in, or a company with legitimate access that misuses it. "
                        "Naming people afterwards takes a list of the staff and software that anybody can have.",
                        "Non-human sources, such as an incident at a processor, can expose the data. They name nobody.",
                    )
                ),
                Blank("Risk sources that you select"),
            ),
        ),
        Section(
            "Threats",
            3,
            (
                "Embeddings leak:",
                Points(
                    (
                        "Software is used inappropriately or altered: too wide rights, a query that returns too much, "
                        "malicious code.",
                        "Hardware is lost, stolen or observed: a reader, a laptop, a backup.",
                        "Computer channels are observed: embeddings on their way from reader to server.",
                        "People are manipulated: somebody sends or publishes an export.",
                    )
                ),
                "Embeddings are then linked to names: age, sex and race are read off each one and looked up in a public "
                "list, such as a social network. If that list does not tell who works here and is "
                f"{round(listed.list_size / study.scenario.company_size):,} times as long, the most exposed person is still "
                f"found with a chance of {percent(listed.journalist)}, the exact expectation for the faces tested, comparing "
                "classes of age, sex and race.",
            ),
        ),
    )


def _impacts(frontier: Frontier, named: Named) -> Section:
    none = frontier.points[0]
    return Section(
        "Potential impacts on people",
        3,
        (
            Points(
                (
                    "A person is named from a database that was believed nameless. A face cannot be changed, so the link "
                    "lasts.",
                    "Sex, race and age are learnt of that person. Racial or ethnic origin, and biometric data that identify a "
                    "person, are special categories (GDPR, Article 9).",
                    "Other pictures of the person can be recognised with the embedding. Software makes few mistakes in that: "
                    f"the equal error rate without protection is {findings.error_rate(none)}.",
                    "Whatever stands beside the embedding, such as times and places of entry, is tied to a name. "
                    "Discrimination, blackmail or harassment can follow.",
                    "People are mistaken for others. An attacker who gives each embedding a name is wrong for about "
                    f"{percent(1 - named.share)} of them, the rest of the figure above.",
                )
            ),
            Blank("Physical, material and moral impacts in your case"),
        ),
    )


def _severity(suggestion: Suggestion, worst: MostExposed, guess: float) -> Section:
    if worst.groups.average == 0:
        why = "Nobody is named, in any group."
    else:
        known = ", all of which rest on few," if worst.rests_on_few else " that do not rest on few,"
        why = (
            f"Of the classes by {worst.grouping}{known} the most exposed is that of {worst.people}: one of them is named "
            f"with {worst.chance_in_words()}. A name drawn at random is right with a chance of {percent(guess)}. The surer a "
            "name, the more can follow for its bearer."
        )
    raised = "Weigh as well what else the database holds, and how much these people depend on the controller."
    return _scale_section("Severity", SEVERITY, suggestion, (f"Suggested: {suggestion.step}. {why} {suggestion.doubt}", raised))


def _likelihood(suggestion: Suggestion, study: Study, named: Named, frontier: Frontier) -> Section:
    reason = (
        f"Suggested, once embeddings have leaked: {suggestion.step}. Linking them names {percent(named.share)} of people "
        f"({percent(named.low)} to {percent(named.high)}); a name drawn at random is right for {percent(study.random_guess)}. "
        f"{suggestion.doubt} How likely a leak is depends on your controls: choose a lower step where they make it unlikely."
    )
    best = findings.best_protection(frontier)
    if best is None:
        return _scale_section("Likelihood", LIKELIHOOD, suggestion, (reason,))
    before, after = (
        LIKELIHOOD.suggest(each.expected_reidentified, each.low, each.high, guess=frontier.random_guess)
        for each in (frontier.points[0], best)
    )
    change = f"stays {after.step}" if after.step == before.step else f"goes from {before.step} to {after.step}"
    protected = (
        f"With {findings.protection_title(best)}, the suggestion for the company of {frontier.company_size:,} people that "
        f"protections were measured for {change}. {after.doubt} Severity after protection was not measured by class."
    )
    return _scale_section("Likelihood", LIKELIHOOD, suggestion, (reason, protected))


def _scale_section(title: str, scale: Scale, suggestion: Suggestion, reasons: tuple[str, ...]) -> Section:
    words = (
        f"In the CNIL's words: \N{LEFT DOUBLE QUOTATION MARK}{scale.meanings[suggestion.step]}\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    blanks = Blank(f"{title} that you set", scale.steps), Blank("Your reasons")
    return Section(title, 3, (*reasons, words, f"How it is suggested: {scale.rule()}", *blanks))


def _exactness(study: Study, linked: LinkageStudy | None) -> tuple[str, ...]:
    how = (
        "Figures by group are simulated, with the interval of the simulation."
        if linked is not None
        else "Figures by group are exact expectations, with the interval of the estimate from the faces tested."
    )
    told = (
        ()
        if study.nearest_age_share == 0
        else (f"{percent(study.nearest_age_share)} of people got a face of the nearest age.",)
    )
    return (
        how,
        f"A group rests on few where fewer than {FEWEST_FACES} faces, or simulated people, stand behind it.",
        *told,
    )
