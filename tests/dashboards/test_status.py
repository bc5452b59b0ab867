"""The public status page: light, without log-in, only what is safe to publish, and standing when all else falls."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.sections import StatusPage
from core.settings import Brand, Settings
from core.store.incidents import FactRow
from core.store.links import LinkRow
from incidents.public_status import LIMIT, refresh
from responder.writers.phrasebook import names
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import BRAND

LANGUAGES = ("en", "fr", "es")


def site(folder: Path, languages: tuple[str, ...] = ("en",)) -> Visitor:
    brand = Brand(name=BRAND, handles=("@northwind",), languages=languages, time_zone="America/Toronto")
    return visit(folder, settings=Settings(brand=brand, status_page=StatusPage(folder=str(folder / "web"))))


def make(visitor: Visitor) -> bool:
    """What the job does."""
    settings = visitor.deps.settings
    folder = settings.status_page.place(settings.store.url)
    brand, clock, past_after = settings.brand, visitor.clock, settings.incidents.past_after()
    return refresh(visitor.deps.store, brand=brand, folder=folder, clock=clock, past_after=past_after, names=names())


def public(visitor: Visitor, path: str = "/status") -> str:
    make(visitor)
    visitor.client.cookies.clear()
    answer = visitor.client.get(path)
    assert answer.status_code == 200
    return str(answer.text)


def test_nothing_is_wrong(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    visitor.rows.incident(title="Only an alarm", status="suspected")
    visitor.rows.incident(title="Closed long ago", status="closed")
    visitor.rows.incident(title="No incident at all", status="dismissed")
    visitor.rows.incident(title="Other company", brand="Somebody else")
    text = words(public(visitor))
    assert "No known problem" in text
    assert "As of Fri 20 November, 09:00. Times in America/Toronto." in text
    for hidden in ("Only an alarm", "Closed long ago", "No incident at all", "Other company"):
        assert hidden not in text


def test_an_outage_in_plain_words_with_what_is_not_known(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    made = visitor.rows.incident(status="investigating")
    visitor.rows.fact(made, "scope", "Mobile data is down in Ontario. Calls work.")
    visitor.rows.fact(made, "workaround", "Use Wi-Fi.")
    text = words(public(visitor))
    assert "No known problem" not in text
    assert "We are looking for the cause. Since Fri 20 November, 08:00 Next update: Fri 20 November, 09:25" in text
    assert "What is affected Mobile data is down in Ontario. Calls work." in text
    assert "What happened We do not know this yet." in text
    assert "What you can do meanwhile Use Wi-Fi." in text
    assert "compensat" not in text.lower()


def test_what_is_held_back_never_shows(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    made = visitor.rows.incident()
    visitor.rows.fact(made, "cause", "A wrong change.")
    with visitor.deps.store.begin() as db:
        db.add(
            FactRow(
                incident_id=made, name="cause", version=2, text="Secret", safe=False, author="L", at=visitor.clock()
            )
        )
    text = words(public(visitor))
    assert "Secret" not in text
    assert "A wrong change." not in text
    assert "What happened We will explain this in an update." in text


def test_a_late_update_is_admitted(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    visitor.rows.incident(next_update_at=visitor.clock() - timedelta(minutes=1))
    assert "The update we promised for Fri 20 November, 08:59 is late." in words(public(visitor))


def test_a_resolved_incident_stays_until_it_is_closed(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    visitor.rows.incident(status="resolved", title="Data outage")
    text = words(public(visitor))
    assert "No known problem" in text
    assert "Data outage This is resolved." in text
    assert "late" not in text


def test_what_is_back_is_said(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    visitor.rows.incident(regions=["Ontario", "Ottawa"], states={"Ottawa": "back"})
    text = words(public(visitor))
    assert "What is affected Mobile data in Ontario What is back Ottawa" in text


def test_each_language_of_the_brand_has_its_page(tmp_path: Path) -> None:
    visitor = site(tmp_path, LANGUAGES)
    made = visitor.rows.incident(status="investigating")
    visitor.rows.fact(made, "scope", "Mobile data is down.")
    visitor.rows.fact(made, "scope.fr", "Les données mobiles sont en panne.")
    english, french, spanish = (public(visitor, path) for path in ("/status", "/fr.html", "/es.html"))
    assert '<html lang="fr">' in french
    assert "Nous cherchons la cause. Depuis ven. 20 novembre, 8 h 00" in words(french)
    assert "Les données mobiles sont en panne." in french
    assert "Les données" not in english
    assert "Próxima información: vie 20 de noviembre, 9:25" in words(spanish)
    for target in re.findall(r'href="(\w+\.html)"', english):
        assert visitor.client.get(f"/{target}").status_code == 200
    assert visitor.client.get("/de.html").status_code in (404, 503)


def test_no_page_names_what_fails_in_another_language(tmp_path: Path) -> None:
    visitor = site(tmp_path, LANGUAGES)
    visitor.rows.incident(regions=["Ontario"], components=["mobile data", "texts"], states={"texts": "back"})
    visitor.rows.incident(regions=["Ottawa"], components=["parcel tracking"])
    english, french, spanish = (words(public(visitor, path)) for path in ("/status", "/fr.html", "/es.html"))
    assert "What is affected Mobile data in Ontario What is back Texts" in english
    assert "Parcel tracking in Ottawa" in english
    assert "Ce qui est touché Les données mobiles (Ontario) Ce qui est rétabli Les textos" in french
    assert "Notre service (Ottawa)" in french
    assert "Los datos móviles (Ontario)" in spanish
    assert "parcel" not in french + spanish


def test_a_page_that_does_not_answer_is_not_pointed_to(tmp_path: Path) -> None:
    visitor, now = site(tmp_path), None
    made = visitor.rows.incident(links=["https://down.example", "https://up.example"])
    visitor.rows.fact(made, "workaround", "Use Wi-Fi. The map is at https://down.example.")
    now = visitor.clock()
    with visitor.deps.store.begin() as db:
        db.add(LinkRow(url="https://down.example", ok=False, said="404", checked_at=now, since=now))
    html = public(visitor)
    assert "down.example" not in html
    assert "https://up.example" in html
    assert "Use Wi-Fi." in html


@pytest.mark.parametrize("incidents", [1, 3, 40])
def test_it_is_light_and_has_no_script(tmp_path: Path, incidents: int) -> None:
    """Whole answers, headers and style sheet included, whatever the facts hold."""
    visitor = site(tmp_path, LANGUAGES)
    for number in range(incidents):
        made = visitor.rows.incident(
            title=f"Outage {number}", links=["https://a.example", "javascript:alert(1)"],
            status="resolved" if number % 3 == 2 else "identified",
        )  # fmt: skip
        for name in ("scope", "cause", "next_step", "workaround", "compensation", "prevention"):
            visitor.rows.fact(
                made, name, "<b>Plain words</b> & others, تعطل الخدمة 📵. " * (90 if incidents > 1 else 6)
            )
    make(visitor)
    visitor.client.cookies.clear()
    for path in ("/status", "/fr.html", "/es.html"):
        page, style = visitor.client.get(path), visitor.client.get("/status.css")
        weight = sum(len(part.content) + len(str(part.headers)) for part in (page, style))
        assert weight < LIMIT, path
        assert "<script" not in page.text
        assert "<style" not in page.text
        assert "<b>" not in page.text
        assert "javascript:" not in page.text
        assert set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) <= {
            "data:,", "status.css", "index.html", "fr.html", "es.html", "https://a.example",
        }  # fmt: skip
        assert re.search(r"Outage \d+", page.text)


def test_it_stands_without_a_database_and_without_its_file(tmp_path: Path) -> None:
    """Also for a browser that carries a session: nobody is looked up."""
    visitor = site(tmp_path)
    visitor.rows.incident(title="Mobile data outage")
    make(visitor)
    before = visitor.client.get("/status").text
    visitor.deps.store.close()
    for file in tmp_path.glob("amends.db*"):
        file.unlink()
    (tmp_path / "amends.db").mkdir()
    assert visitor.get("/incidents").status_code == 503
    assert visitor.get("/status").text == before
    assert "Mobile data outage" in before
    for file in (tmp_path / "web").iterdir():
        file.unlink()
    assert visitor.get("/status").text == before, "what was read once is kept in memory"
    assert visitor.get("/status").headers["content-security-policy"].startswith("default-src 'none'")


def test_before_the_first_page_is_made_it_says_so(tmp_path: Path) -> None:
    answer = site(tmp_path).client.get("/status")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_process_without_a_scheduler_makes_its_own(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    with visitor.client:
        assert "No known problem" in visitor.client.get("/status").text


def test_it_is_written_when_facts_change_and_only_then(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    assert make(visitor)
    assert not make(visitor)
    made = visitor.rows.incident()
    assert make(visitor)
    visitor.rows.fact(made, "cause", "A wrong change.")
    assert make(visitor)
    assert not make(visitor)
    visitor.clock.forward(minutes=1)
    assert make(visitor), "the time it speaks of is the newest"
    names = {file.name for file in (tmp_path / "web").iterdir()}
    assert names == {"index.html", "status.css"}, "no half-written file is left"


def test_caches_may_keep_it_for_seconds_only(tmp_path: Path) -> None:
    visitor = site(tmp_path)
    make(visitor)
    answer = visitor.client.get("/status")
    assert answer.headers["cache-control"] == "public, max-age=15"
    again = visitor.client.get("/status", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_has_no_words_in_a_language_says_which_it_speaks(tmp_path: Path) -> None:
    visitor = site(tmp_path, LANGUAGES)
    made = visitor.rows.incident(
        title="Internet is down", status="identified", components=["home internet", "broadband"]
    )
    visitor.rows.fact(made, "cause", "A wrong change.")
    visitor.rows.fact(made, "workaround", "Use Wi-Fi.")
    visitor.rows.fact(made, "workaround.fr", "Utilisez le Wi-Fi.")
    english, french = public(visitor), public(visitor, "/fr.html")
    assert '<h1 dir="auto" lang="en">Internet is down</h1>' in french
    assert '<dd dir="auto" lang="en">A wrong change.</dd>' in french
    assert '<dd dir="auto">Utilisez le Wi-Fi.</dd>' in french
    assert '<h1 dir="auto">Internet is down</h1>' in english
    assert words(french).count("internet à domicile") == 1, "two components, one French name"


def test_when_it_is_over_nothing_is_left_to_do(tmp_path: Path) -> None:
    visitor = site(tmp_path, LANGUAGES)
    visitor.rows.incident(status="resolved")
    for path, gone in (("/status", "What you can do"), ("/fr.html", "Ce que vous pouvez faire"), ("/es.html", "hacer")):
        assert gone not in public(visitor, path)
