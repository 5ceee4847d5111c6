"""Words of a report that no result changes: the method, its assumptions and limits, and the glossary."""

from __future__ import annotations

METHOD = (
    (
        "The attack",
        "A company keeps one face embedding of each employee: a row of numbers that stands for the face. The embeddings leak. "
        "The attacker reads an age group, a sex and a race off each one, and looks up people of that age group, sex and race "
        "in a public list of the staff, such as a social network.",
    ),
    (
        "From classes to names",
        "People who are read as the same age group, sex and race form an equivalence class. Whoever is read rightly in a class "
        "of k people is named with chance 1/k. Whoever is read wrongly is not found. The expected share named is the mean of "
        "these chances over all people of the company (Fábián and Gulyás, De-anonymizing Facial Recognition Embeddings, "
        "Section VI). A stronger attack compares each face with each name of the list, and gives each face its likeliest "
        "name, or all faces together the names that fit best.",
    ),
    (
        "The attacker",
        "A program is trained on faces whose age, sex and race are known, and tested on faces that it has not seen. How often "
        "it takes each kind of person for each other kind is all that the risk rests on.",
    ),
    (
        "Exact figures",
        "For a company drawn at random the expected share named has a formula: the sum over classes c of "
        "a/q · (1 − (1 − q)^N), divided by N, where q is the chance that a random employee is read as c, a the chance to be "
        "read so rightly, and N the number of people. A figure that is called exact is computed, not simulated. For an own "
        "staff it is computed for exactly these people.",
    ),
    (
        "Two uncertainties",
        "How well the attacker reads is known only as well as the faces it was tested on tell: the interval of the estimate "
        "weighs these faces anew, at random (Rubin, 1981, doi 10.1214/aos/1176345338). And chance moves single "
        "companies: the spread is where 95% of simulated companies lie. The two are never mixed.",
    ),
    (
        "Protections",
        "Embeddings are changed before they are stored. Attackers are trained again on protected embeddings, and the one who "
        "names most people counts. What is lost is measured on pairs of pictures: whether two pictures of one person still "
        "match, and two of different people still do not.",
    ),
)

LIMITS = (
    "The attacker uses age, sex and race only. A real attacker may do better.",
    "The public list is complete and right, but for ages that are known roughly: it names each employee, and nobody else.",
    "Sex and race are labels in classes that others made and that fit nobody exactly. The report measures what an attacker "
    "who uses such classes achieves; it does not endorse them.",
    "Protections are measured against attackers of today who have some thousand protected faces to learn from. Where a "
    "protection has no proof, the risk that is left is a lower bound.",
    "Nobody was linked to a real name. Figures are about classes of people, never about a person.",
)

ON_GENERATED_FACES = (
    "The attacker is tested on generated faces of nobody. They differ from real ones by the amounts that stand in the model "
    "card (models/README.md); no interval here holds that difference."
)
ON_THE_CENSUS = (
    "The company is drawn at random from a census of the United States of 1994 (UCI Adult, doi 10.24432/C5XW20), as it is or "
    "changed to the chosen ages, sexes and races. Other populations have other risks."
)

ON_OWN_STAFF = (
    "The company is the own staff that was stated: these very people by age, sex and race, not a company drawn at random."
)
ON_OWN_FACES = (
    "The attacker is the own one of whoever made this report, {words}. How well it reads faces is {label}; whatever is "
    "declared is as sound as the test that it was declared from, and whatever is measured holds for faces like those."
)
UNKNOWN_SURENESS = (
    "The size of the test that it was declared from is not stated. Nobody can say how sure figures are that rest on it: "
    "intervals hold no error of the estimate."
)
NEAREST_AGE = (
    "{share} of the company's people are of an age of which the attacker was tested on no face; the nearest age stands in."
)

GLOSSARY = (
    ("Embedding", "A row of numbers, 128 for dlib, by which software recognises a face."),
    ("Attribute", "Age, sex or race, as an attacker reads it off an embedding."),
    ("Cell", "One combination of age group, sex and race."),
    ("Equivalence class", "The people of one database who are read as the same cell."),
    ("Share named", "The share of a company's people whose name the attacker gets right, on average."),
    ("Random guess", "A name drawn at random: right with chance 1 in N, the number of people."),
    ("Perfect inference", "An attacker who reads everybody's age group, sex and race rightly."),
    ("Guess from the census", "The best guess of somebody who knows the census and sees no face."),
    ("Advantage", "What an attacker gains over a guess, as a share of what could be gained."),
    ("Prosecutor, journalist, marketer", "Somebody who looks for one known colleague, for anyone, or for as many as possible."),
    ("95% interval", "A range that holds the true figure in 95 of 100 such studies, as far as its kind of error goes."),
    ("Equal error rate", "Verification's error where as many pairs of one person fail to match as pairs of two people match."),
    ("Rank-1 identification", "How often a person's second picture is nearest to the first among all people's."),
    ("Held-out face", "A face that the attacker was tested on and did not learn from."),
)  # fmt: skip
