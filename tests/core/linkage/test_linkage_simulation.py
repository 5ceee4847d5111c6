import numpy as np
import pytest

from core import company, linkage, risk
from core.demographics import AgeBins, Demographics, cell_count, cells
from core.inference import Beliefs, predicted_cells
from core.linkage import RANKS
from core.linkage.posterior import candidates
from core.linkage.scores import likelihoods
from core.scenario import LINKAGES

LINKAGES_OF_BELIEFS = LINKAGES[1:]

BINS = AgeBins(20)
AGES = np.arange(21, 61)
KNOWLEDGE = ["bin", "exact", "within 3"]


def population_of_ages(share_of_women=0.5):
    """People of 21 to 60 years and two races, ages unevenly spread."""
    shares = np.zeros((80, 2, 4))
    spread = np.linspace(1, 3, len(AGES))
    shares[AGES - 1, 0, :2] = (1 - share_of_women) * spread[:, None] * [0.8, 0.2]
    shares[AGES - 1, 1, :2] = share_of_women * spread[:, None] * [0.7, 0.3]
    return shares / shares.sum()


POPULATION = population_of_ages()


class Attacker:
    """Held-out faces, and what somebody believes who knows just how faces arise: calibrated by construction.

    A face shows the person's age with an error, sex and race with some wrong. Training faces are of another mix than companies.
    """

    def __init__(self, per_kind=40, error=4.0, wrong=(0.05, 0.1)):
        rng = np.random.default_rng(3)
        self.counts = np.zeros((80, 2, 4), dtype=int)
        self.counts[AGES - 1, :, :2] = per_kind
        self.people = Demographics.from_counts(self.counts)
        self.training_counts = self.counts * np.linspace(5, 1, 80).astype(int)[:, None, None]
        self.training_counts[:, 1] *= 2
        mix = self.training_counts / self.training_counts.sum()
        shown_age = self.people.age + error * rng.standard_normal(len(self.people))
        shown_sex = self.people.sex ^ (rng.random(len(self.people)) < wrong[0])
        shown_race = self.people.race ^ (rng.random(len(self.people)) < wrong[1])
        age = np.exp(-0.5 * ((shown_age[:, None] - np.arange(1, 81)) / error) ** 2) * mix.sum(axis=(1, 2))
        sex = np.where(np.arange(2) == shown_sex[:, None], 1 - wrong[0], wrong[0]) * mix.sum(axis=(0, 2))
        race = np.where(np.arange(4) == shown_race[:, None], 1 - wrong[1], wrong[1]) * mix.sum(axis=(0, 1))
        self.beliefs = Beliefs(*(part / part.sum(axis=1, keepdims=True) for part in (sex, race, age)))
        self.mix = linkage.believed_mix(self.people, self.beliefs, self.training_counts)


@pytest.fixture(scope="module")
def attacker():
    return Attacker()


def companies_of(people, knowledge="bin", size=30, repeats=100, seed=0, population=POPULATION):
    listing = linkage.listing(knowledge, population, BINS)
    return linkage.draw(population, size, repeats, listing=listing, faces=people, rng=np.random.default_rng(seed))


def simulate(name, companies, attacker, beliefs=None, mix=None, seed=1):
    beliefs = attacker.beliefs if beliefs is None else beliefs
    mix = attacker.mix if mix is None else mix
    return linkage.simulate(name, companies, beliefs, mix=mix, bins=BINS, rng=np.random.default_rng(seed))


def assert_mean_is(values, expected):
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - expected) <= 4 * error + 1e-9


@pytest.mark.parametrize("size", [2, 10, 100])
def test_cells_are_the_exact_risk(attacker, size):
    matched = company.match(POPULATION, attacker.people)
    outcomes = company.outcomes(matched, predicted_cells(attacker.beliefs, BINS), BINS)
    found = simulate("cells", companies_of(attacker.people, size=size, repeats=4000 // size + 200), attacker)
    exact = risk.exact(outcomes, size)
    assert_mean_is(found.success[:, 0], exact.expected_reidentified)
    if size <= max(RANKS):
        assert_mean_is(found.success[:, -1], exact.correct)  # ten guesses are a whole class
    share = found.named.sum(axis=0) / np.maximum(found.people.sum(axis=0), 1)
    of_cells = risk.of_cells(outcomes, size)
    for cell in np.flatnonzero(found.people.sum(axis=0) > 500):
        assert share[cell] == pytest.approx(of_cells[cell], abs=4 * 0.5 / np.sqrt(found.people[:, cell].sum()))


def test_cells_are_the_risk_of_each_database(attacker):
    companies = companies_of(attacker.people, size=25, repeats=20)
    found = simulate("cells", companies, attacker)
    true = cells(companies.people, BINS).reshape(20, 25)
    predicted = predicted_cells(attacker.beliefs, BINS)[companies.face]
    for number in range(20):
        database = risk.of_database(true[number], predicted[number])
        assert found.success[number, 0] == pytest.approx(database.expected_reidentified)
        sizes = np.bincount(predicted[number])[predicted[number]]
        assert found.anonymity[number] == pytest.approx(sizes.mean())
        for place, guesses in enumerate(RANKS):
            by_person = (true[number] == predicted[number]) * np.minimum(guesses / sizes, 1)
            assert found.success[number, place] == pytest.approx(by_person.mean())


@pytest.mark.parametrize("name", LINKAGES)
@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_people_and_those_named_add_up_by_cell(attacker, name, knowledge):
    companies = companies_of(attacker.people, knowledge, size=12, repeats=30)
    found = simulate(name, companies, attacker)
    assert found.people.shape == (30, cell_count(BINS))
    assert (found.people.sum(axis=1) == 12).all()
    assert found.named.sum(axis=1) == pytest.approx(12 * found.success[:, 0])
    assert (found.people.sum(axis=0) == np.bincount(cells(companies.people, BINS), minlength=cell_count(BINS))).all()


def uniform(n):
    return Beliefs(np.full((n, 2), 1 / 2), np.full((n, 4), 1 / 4), np.full((n, 80), 1 / 80))


@pytest.mark.parametrize("name", LINKAGES_OF_BELIEFS)
@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_beliefs_that_tell_nothing_name_one_in_n(attacker, name, knowledge):
    nothing = uniform(len(attacker.people))
    companies = companies_of(attacker.people, knowledge, size=20, repeats=400)
    mix = linkage.believed_mix(attacker.people, nothing, attacker.training_counts)
    found = simulate(name, companies, attacker, nothing, mix)
    assert_mean_is(found.success[:, 0], 1 / 20)
    if name == "posterior":
        assert found.success == pytest.approx(np.tile(np.array(RANKS) / 20, (400, 1)), abs=1e-6)
        assert found.anonymity == pytest.approx(20, rel=1e-4)


def test_cells_read_by_chance_name_one_in_n(attacker):
    # Of the 32 held-out faces of each kind of person one is read as each of the 32 cells. Nobody of a cell that no face is
    # read as is found, so the share is (1/N) (1 - (1 - 1/C)^N): core.risk's formula for a reader of nothing. It comes to
    # 0.99993 / N for N = 300.
    people = Demographics.from_counts(np.where(attacker.counts > 0, 32, 0))
    age_bin, sex, race = np.unravel_index(np.arange(len(people)) % 32, (4, 2, 4))
    slightly = [(1 - 1e-4) / width + 1e-4 * np.eye(width)[value] for width, value in ((2, sex), (4, race), (80, 20 * age_bin))]
    companies = companies_of(people, size=300, repeats=400)
    assert_mean_is(simulate("cells", companies, attacker, Beliefs(*slightly)).success[:, 0], 1 / 300)


@pytest.mark.parametrize("knowledge", KNOWLEDGE)
@pytest.mark.parametrize("size", [10, 100])
def test_certainty_names_one_of_each_listed_kind(attacker, knowledge, size):
    certain = linkage.perfect_inference()
    mix = linkage.believed_mix(certain.people, certain.beliefs, attacker.training_counts)
    companies = companies_of(certain.people, knowledge, size=size, repeats=200)
    by_cells = simulate("cells", companies, attacker, certain.beliefs)
    joint = np.diag(
        company.outcomes(company.match(POPULATION, certain.people), predicted_cells(certain.beliefs, BINS), BINS).sum(1)
    )
    assert_mean_is(by_cells.success[:, 0], risk.perfect(joint, size).expected_reidentified)
    kinds = np.array([len(np.unique(row)) for row in companies.listed])
    for name in LINKAGES_OF_BELIEFS:
        found = simulate(name, companies, attacker, certain.beliefs, mix)
        if knowledge == "within 3":
            # A listed age that is off leaves some doubt, and no more than the bin of 20 years.
            assert (found.success[:, 0] <= kinds / size + 1e-9).all()
            assert found.success[:, 0].mean() < 0.9 * (kinds / size).mean()
            assert found.success[:, 0].mean() > by_cells.success[:, 0].mean()
        else:
            assert found.success[:, 0] == pytest.approx(kinds / size)


def posterior_of(attacker, companies, mix):
    """Mean posterior of the first guesses of each company, and mean logarithm of that of the person's own name."""
    listed = candidates(companies.listed)
    table = likelihoods(attacker.beliefs, mix, companies.listing)
    likelihood = table[companies.face[:, :, None], listed.kinds[:, None, :]]
    posterior = likelihood / (likelihood @ listed.names[:, :, None])
    own = np.take_along_axis(posterior, listed.own[:, :, None], axis=2)
    return np.where(listed.names[:, None, :] > 0, posterior, 0).max(axis=2).mean(axis=1), np.log(own).mean(axis=(1, 2))


@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_the_posterior_is_as_often_right_as_it_says(attacker, knowledge):
    # A posterior of 0.3 in the first name is right in 3 of 10 cases.
    companies = companies_of(attacker.people, knowledge, size=30, repeats=200)
    first, _ = posterior_of(attacker, companies, attacker.mix)
    assert_mean_is(first - simulate("posterior", companies, attacker).success[:, 0], 0)


@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_the_mix_of_the_training_faces_is_taken_out_once(attacker, knowledge):
    companies = companies_of(attacker.people, knowledge, size=30, repeats=200)
    _, right = posterior_of(attacker, companies, attacker.mix)
    twice, never = attacker.mix**2 / (attacker.mix**2).sum(), np.full((80, 2, 4), 1 / 640)
    for mix in (twice, never):
        gain = right - posterior_of(attacker, companies, mix)[1]
        assert gain.mean() > 4 * gain.std() / np.sqrt(len(gain))


@pytest.mark.parametrize("name", LINKAGES_OF_BELIEFS)
def test_exact_ages_serve_an_attacker_no_worse_than_bins(attacker, name):
    exact, within, by_bin = (
        simulate(name, companies_of(attacker.people, knowledge, repeats=300), attacker).success[:, 0]
        for knowledge in ("exact", "within 3", "bin")
    )
    for better, worse in ((exact, within), (within, by_bin), (exact, by_bin)):
        gain = better - worse
        assert gain.mean() > -4 * gain.std() / np.sqrt(len(gain))
    assert (exact - by_bin).mean() > 0.02


def test_beliefs_serve_better_than_cells_and_the_list_as_a_whole_better_than_one_name_at_a_time(attacker):
    companies = companies_of(attacker.people, "exact", repeats=300)
    by_cells, posterior, assignment = (simulate(name, companies, attacker).success[:, 0] for name in LINKAGES)
    for better, worse in ((posterior, by_cells), (assignment, by_cells)):
        gain = better - worse
        assert gain.mean() > 4 * gain.std() / np.sqrt(len(gain))


def test_attackers_meet_the_same_companies(attacker):
    fewer = Attacker(per_kind=3).people
    first = companies_of(attacker.people, "bin")
    for other, same_faces in ((companies_of(attacker.people, "within 3"), True), (companies_of(fewer, "exact"), False)):
        for name in ("age", "sex", "race"):
            assert (getattr(first.people, name) == getattr(other.people, name)).all()
        assert (first.face == other.face).all() == same_faces
    assert (companies_of(attacker.people, "bin", seed=1).people.age != first.people.age).any()


def test_companies_have_faces_of_their_people_in_random_order(attacker):
    companies = companies_of(attacker.people, size=50, repeats=40)
    assert (companies.repeats, companies.size) == (40, 50)
    shown = attacker.people.take(companies.face.ravel())
    for name in ("age", "sex", "race"):
        assert (getattr(shown, name) == getattr(companies.people, name)).all()
    # In the order of their ages the first half of each company would be younger.
    ages = companies.people.age.reshape(40, 50)
    assert abs(ages[:, :25].mean() - ages[:, 25:].mean()) < 4 * 11.3 * np.sqrt(2 / 1000)


@pytest.mark.parametrize("name", LINKAGES)
def test_a_seed_fixes_the_simulation_however_it_is_cut(attacker, name, monkeypatch):
    companies = companies_of(attacker.people, "exact", size=15, repeats=23)
    first = simulate(name, companies, attacker)
    monkeypatch.setattr("core.linkage.simulation._NUMBERS_AT_ONCE", 1)
    again = simulate(name, companies, attacker)
    for field in ("success", "anonymity", "people", "named"):
        np.testing.assert_allclose(getattr(first, field), getattr(again, field), rtol=1e-5)


def test_progress_counts_the_companies(attacker, monkeypatch):
    monkeypatch.setattr("core.linkage.simulation._NUMBERS_AT_ONCE", 4 * 640)
    told: list[int] = []
    companies = companies_of(attacker.people, size=10, repeats=10)
    linkage.simulate(
        "posterior",
        companies,
        attacker.beliefs,
        mix=attacker.mix,
        bins=BINS,
        rng=np.random.default_rng(0),
        progress=told.append,
    )
    assert told[-1] == 10
    assert told == sorted(set(told))


def test_a_company_too_large_to_simulate_is_refused_with_the_largest():
    for name, largest in linkage.LARGEST.items():
        assert linkage.companies_of(name, largest, 50) == 50
        words = rf"^company size for the linkage by {name} must be 2 to {largest:,}, got {largest + 1:,}$"
        with pytest.raises(ValueError, match=words):
            linkage.companies_of(name, largest + 1, 50)
    with pytest.raises(ValueError, match=r"^linkage must be one of cells, posterior, assignment, got 'guess'$"):
        linkage.companies_of("guess", 10, 50)


def test_as_many_companies_are_simulated_as_50_of_the_largest_have_people():
    assert linkage.companies_of("assignment", 100, 10_000) == 500
    assert linkage.companies_of("assignment", 10, 10_000) == 5_000
    assert linkage.companies_of("posterior", 100, 60) == 60


def test_the_believed_mix_is_the_training_mix_of_calibrated_beliefs(attacker):
    wanted = attacker.training_counts / attacker.training_counts.sum()
    # Beliefs are products over the attributes; so is this mix. Ages are known to 4 years, hence compared in decades.
    decades = np.add.reduceat(attacker.mix, [20, 30, 40, 50, 60], axis=0)[:4]
    assert decades == pytest.approx(np.add.reduceat(wanted, [20, 30, 40, 50, 60], axis=0)[:4], abs=0.02)
    assert attacker.mix.sum() == pytest.approx(1)
    assert attacker.mix.min() > 0


def test_a_mix_of_people_of_whom_no_face_is_held_out_is_refused(attacker):
    counts = np.zeros((80, 2, 4), int)
    counts[0, 0, 3] = 5
    with pytest.raises(
        ValueError, match=r"^held-out faces must show people like those of the training faces, got 6,400 that do not$"
    ):
        linkage.believed_mix(attacker.people, attacker.beliefs, counts)
