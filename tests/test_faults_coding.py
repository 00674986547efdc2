"""Kinds of wrong rows of conditions and positions: a table a kind, all read in one folder

Each row is a sentence, and what must and must not be found in it, whichever coder finds it.
"""

from pathlib import Path

import polars as pl
import pytest

from negotiations_study import build_tables

HEAD = "Talks on the orchard levy\n\n4 March 2021\n\n"

# sentence, part of the name of the holder (empty: there is no row at all), part of the requirement
HELD = {
    "The abbot said the pickers would return to the talks if the levy was cut.": ("pickers", "cut"),
    "“The growers will sign if the levy is cut,” said Ines Rahl, an adviser.": (
        "growers",
        "is cut",
    ),
    "Jon Hask said the canning line would negotiate only if pay was cut.": ("canning line", "cut"),
    "According to the abbot, the pickers will not talk unless the gate opens.": ("pickers", "gate"),
    "“We will talk if the levy is cut,” said Ines Rahl, who leads the pickers.": ("Rahl", "cut"),
    "Ines Rahl, who leads the pickers, said the pickers would talk if pay rose.": ("Rahl", "pay"),
    "“They will talk if the levy is cut,” said Ines Rahl.": ("", ""),
    "Ines Rahl denied that the pickers would talk only if the levy was cut.": ("", ""),
    "Ines Rahl rejected claims that the pickers would talk only if pay rose.": ("", ""),
    "Ines Rahl said it was a lie that they had demanded an apology before talks.": ("", ""),
    "Ines Rahl said it was wrong that they would talk only if the levy was cut.": ("", ""),
    "Reports that the pickers want the levy cut before talks are untrue, she said.": ("", ""),
    "“At no point did we demand an apology before talks,” Ines Rahl said.": ("", ""),
    "“The levy does not have to be cut before talks,” Ines Rahl said.": ("", ""),
    "Ines Rahl did not deny that they would talk only if the levy was cut.": ("Rahl", "levy"),
    "Ines Rahl rejected the offer and said they would talk only if pay rose.": ("Rahl", "pay rose"),
    "“It would be wrong to talk unless the levy is cut,” Ines Rahl said.": ("Rahl", "levy is cut"),
    "If experience is any guide, the pickers will talk by May, Jon Hask said.": ("", ""),
    "If all goes according to plan, talks will resume on Friday, Jon Hask said.": ("", ""),
    "If Jon Hask is right, the pickers will come to the table soon, she said.": ("", ""),
    "If reports are to be believed, the talks will go on, Ines Rahl said.": ("", ""),
    "The pickers are, if anything, less ready to talk than before, she said.": ("", ""),
    "“If all the pickers are paid, we will talk,” Ines Rahl said.": ("Rahl", "pickers are paid"),
    "“We will talk if, and only if, the levy is cut,” Ines Rahl said.": ("Rahl", "the levy is cut"),
    "“Only after the levy is cut will we negotiate,” Ines Rahl said.": ("Rahl", "levy is cut"),
    "The growers seek an end to the pickets before any talks.": ("growers", "end to the pickets"),
    "The growers ask for an end to the pickets before any talks begin.": ("growers", "pickets"),
    "“Cut the levy and we will negotiate,” Ines Rahl said.": ("Rahl", "Cut the levy"),
    "“No apology, no talks,” Ines Rahl said.": ("Rahl", "apology"),
}

# sentence, holder of a refusal (empty: nobody refuses), who holds no position
STANCES = {
    "“The cannery refuses to negotiate,” said Ines Rahl of the pickers.": ("cannery", "Rahl"),
    "According to the abbot, the growers are ready to talk.": ("", "abbot"),
    "Ines Rahl accused the growers of refusing to negotiate.": ("growers", "Rahl"),
    "Ines Rahl regretted the cannery's refusal to talk to the pickers.": ("cannery", "Rahl"),
    "The cannery's rejection of talks was criticised by Ines Rahl.": ("cannery", "Rahl"),
    "The growers ended their refusal to talk on Monday.": ("", "growers"),
    "Ines Rahl called the talks a farce.": ("", "Rahl"),
    "“I would call these talks a waste of time,” Ines Rahl said.": ("", "Rahl"),
    "“We have no contract,” Ines Rahl said.": ("", "Rahl"),
    "Jon Hask said the pickers have no deal with the cannery.": ("", "Hask"),
}

NO_DEMANDS = (
    "The line named its newest lorry the Grey Heron.",
    "The police named the driver as Jon Hask, a picker of forty years.",
    "The board named Ines Rahl head of the cannery.",
)
DEMAND = "Ines Rahl named two conditions for talks: a lower levy and an apology."


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, pl.DataFrame]]:
    "Sentence -> the tables of its article"
    folder: Path = tmp_path_factory.mktemp("faults")
    said = [*HELD, *STANCES, *NO_DEMANDS, DEMAND]
    for n, sentence in enumerate(said):
        (folder / f"{n:02}.txt").write_text(HEAD + sentence, encoding="utf-8")
    made = build_tables(folder, codebook="")
    names = {
        said[int(Path(p).stem)]: a for a, p in made.articles.select("article_id", "path").rows()
    }
    tables = {t: getattr(made, t) for t in ("statements", "conditions", "positions")}
    return {
        sentence: {t: rows.filter(pl.col("article_id") == a) for t, rows in tables.items()}
        for sentence, a in names.items()
    }


@pytest.mark.parametrize("sentence", HELD)
def test_condition_has_its_holder_and_what_is_denied_or_an_idiom_is_none(rows, sentence):
    holder, words = HELD[sentence]
    found = rows[sentence]["conditions"].filter(pl.col("form") != "disclaimer")
    told = [(h, t) for h, t in found.select("holder", "text").rows()]
    assert len(told) == bool(words), told
    assert all(holder in (h or "") and words in t for h, t in told), told


@pytest.mark.parametrize("sentence", STANCES)
def test_refusal_is_of_who_refuses(rows, sentence):
    refuses, nobody = STANCES[sentence]
    found = rows[sentence]["positions"].select("holder", "stance").rows()
    assert not [h for h, _ in found if nobody in h], found
    refusing = [h for h, stance in found if stance == "refuses"]
    assert len(refusing) == bool(refuses) and all(refuses in h for h in refusing), found


@pytest.mark.parametrize("sentence", [*NO_DEMANDS, DEMAND])
def test_only_conditions_that_are_named_are_a_demand(rows, sentence):
    demands = rows[sentence]["statements"].filter(pl.col("act") == "demand")
    assert bool(demands.height) == (sentence == DEMAND)
