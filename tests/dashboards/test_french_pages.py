"""The pages of incidents, promises, numbers and people for somebody who reads French."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from core.domain.alarm import AlarmKind
from core.settings import Brand, Settings
from core.store import journeys
from dashboards import languages
from dashboards.heard import heard
from dashboards.sheet_words import told
from dashboards.views.audit import short
from tests.dashboards.test_alarms import raise_one
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import BRAND

PAGES = {
    "/incidents": "début ven. 20 nov., 08:00 EST",
    "/incidents/1": "Cause identifiée",
    "/incidents/1/review": "Les discrets ont-ils eu une réponse comme les bruyants ?",
    "/incidents/1/frontline": "Questions et réponses",
    "/incidents/new": "Fuseau horaire : America/Toronto",
    "/incidents/import": "Importer un incident",
    "/journey": "1 client",
    "/journey/anger.work": "Gestes d’une réponse",
    "/promises": "Aucune promesse n’est en cours",
    "/promotions": "Pas suspendues",
    "/alarms": "Personne ne s’en occupe encore",
    "/money": "Pas encore dit",
    "/feedback": "Aucun retour n’est ouvert",
    "/trends": "(intervalle à 95 %)",
    "/sources": "Toutes les réponses",
    "/people": "Valideur : approuve les réponses",
    "/people/1": "Désactivé",
    "/account/tokens": "Sans fin",
    "/audit": "et ne peut plus être modifié",
    "/playbook": "Rien n’est proposé",
}


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    made = visit(tmp_path, "admin")
    incident = made.rows.incident()
    case = made.rows.case("kim", incident_id=incident, stage="anger", persona="work")
    made.rows.mention(author="kim", case_id=case)
    made.mentions(12, hours_ago=1)
    made.mentions(14, hours_ago=1, sentiment="positive")
    made.client.headers["accept-language"] = "fr"
    yield made
    languages.speak("en")


def test_every_page_speaks_french(visitor: Visitor) -> None:
    visitor.mentions(4, hours_ago=2, sentiment="neutral")
    for path, said in PAGES.items():
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert '<html lang="fr">' in answer.text, path
        assert said in words(answer.text), path


def test_the_charts_name_their_hours_in_french(visitor: Visitor) -> None:
    labels = [bucket["label"] for bucket in visitor.client.get("/trends/chart").json()["buckets"]]
    assert labels[-1] == "ven. 20 nov., 09:00"
    assert visitor.client.get("/api/v1/trends").json()["buckets"][-1]["label"] == "Fri 20 Nov, 09:00"
    assert visitor.client.get("/incidents/1/review/chart").json()["series"][0]["name"] == "négatif"


def test_the_texts_for_our_own_people_are_in_the_language_of_the_brief(tmp_path: Path) -> None:
    brand = Brand(name=BRAND, languages=("en", "fr"), time_zone="America/Toronto")
    made = visit(tmp_path, settings=Settings(brand=brand))
    made.rows.incident()
    text = made.get("/incidents/1/frontline?language=fr").text
    assert 'id="internal-text" lang="fr"' in text
    assert "Ne promettez rien qui ne figure pas ici." in words(text)


def test_parts_have_their_french_names_on_the_page_and_in_the_timeline(visitor: Visitor) -> None:
    made = visitor.rows.incident(status="monitoring", components=["texts", "MyNorthwind"])
    fields = {"part.texts": "back", "part.MyNorthwind": "partly", "version": "1"}
    assert visitor.post(f"/incidents/{made}/parts", **fields).status_code == 303
    page = words(visitor.get(f"/incidents/{made}").text)
    assert "Ce qui est rétabli les textos rétabli MyNorthwind" in page
    assert "les textos, MyNorthwind" in page
    assert "Les textos : rétabli ; MyNorthwind : rétabli en partie" in page


def test_a_resolved_incident_is_watched_again_rather_than_fixed(visitor: Visitor) -> None:
    made = visitor.rows.incident(status="resolved")
    page = words(visitor.get(f"/incidents/{made}").text)
    assert "Surveiller à nouveau" in page
    assert "La réparation est faite" not in page


def test_the_details_of_a_decision_are_parted_as_in_french() -> None:
    languages.speak("fr")
    assert short({"name": "Ana", "number": 2, "problem": "x"}, UTC).count("\u202f; ") == 2
    languages.speak("en")
    assert short({"name": "Ana", "number": 2}, UTC) == "name: Ana; number: 2"


def test_a_form_says_in_french_what_it_cannot_read(visitor: Visitor) -> None:
    text = words(visitor.post("/incidents/new", status="investigating", started_at="yesterday").text)
    assert "Dites en quelques mots ce qui ne marche pas." in text
    assert "Écrivez l’heure comme dans 2026-11-20T14:30." in text


def test_what_a_use_case_refuses_is_told_in_french(visitor: Visitor) -> None:
    text = words(visitor.post("/people/1", do="disable").text)
    assert "Rien n’a été fait : Lena est le dernier administrateur" in text
    moved = words(visitor.post("/incidents/1/next-update", version="1", next_update_at="2026-11-20T01:00").text)
    assert "C’est passé : il est 09:00." in moved


def test_moves_may_be_typed_in_french_or_english(visitor: Visitor) -> None:
    typed = {"moves": "reconnaître, Next step, réparer", "least_important": "", "tone": "bref", "owner": ""}
    assert visitor.post("/journey/anger.work", version="0", **typed).status_code == 303
    with visitor.deps.store.read() as db:
        assert journeys.versions(db, BRAND, "anger", "work")[0].moves == ["acknowledge", "next_step", "make_good"]
    wrong = words(visitor.post("/journey/anger.work", version="1", **(typed | {"moves": "danser"})).text)
    assert "gestes : « danser » n’est pas un geste" in wrong


def test_alarms_are_told_in_french_with_the_titles_as_people_gave_them(visitor: Visitor) -> None:
    raise_one(visitor, AlarmKind.UPDATE, "Promised update is overdue: Outage")
    assert "Un point promis est en retard : Outage" in words(visitor.get("/alarms").text)


def test_the_timeline_is_told_in_french() -> None:
    languages.speak("fr")
    what = "investigating → identified; cause; cause.fr; next update 2026-11-20T13:00:00+00:00; Ontario back"
    assert told(what, UTC) == (
        "En examen → identifié\u202f; modifié, aussi en français\u202f: cause\u202f; "
        "prochain point ven. 20 nov., 13:00 UTC\u202f; Ontario\u202f: rétabli"
    )
    assert told("#3 Outage became part of this (4 customers)", UTC).endswith("de celui-ci (4 clients)")
    assert told("somebody wrote this", UTC) == "Somebody wrote this"
    assert heard("status: an incident that is closed cannot become resolved").startswith("statut\u202f: un incident")
    languages.speak("en")
    assert told("cause.fr; title", UTC) == "Cause (French) changed; title changed"
