"""``amends report`` and ``amends alarms`` as a user meets them, and alarms of the running service."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.store import open_store
from tests.commands import amends
from tests.dashboards.aftermath import closed_incident
from tests.factories import BRAND, Clock, Database, new_store
from tests.fakes.smtp import FakeMail
from tests.incidents.test_notifying import Hook, post, web
from tests.service import serving, wait_for

CONFIG = (
    f'[brand]\nname = "{BRAND}"\ntime_zone = "America/Toronto"\n'
    '[store]\nurl = "sqlite:///amends.db"\n[money]\ncurrency = "CAD"\nminute_cost = 0.75\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG)
    store = new_store(tmp_path)
    closed_incident(Database(store, clock := Clock(datetime.now(UTC))), clock, customers=12)
    store.close()
    return tmp_path


def test_a_review_is_text_or_json(folder: Path) -> None:
    text = amends("report", "review", "1", cwd=folder)
    assert text.returncode == 0, text.stderr
    assert "15 min from the first complaint" in text.stdout
    data = json.loads(amends("report", "review", "1", "--json", cwd=folder).stdout)
    assert data["answered_by_audience"][-1]["customers"] == 12
    assert data["cost"]["currency"] == "CAD"


def test_a_review_of_nothing_is_one_clear_line(folder: Path) -> None:
    done = amends("report", "review", "7", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith("amends: there is no incident 7")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["report review {}", "report ledger --days {}", "facts export --incident {}"])
def test_a_number_that_no_row_has_is_a_usage_error(folder: Path, command: str) -> None:
    done = amends(*command.format("9" * 20).split(), cwd=folder)
    assert done.returncode == 2
    assert "less than or equal to" in done.stderr


def test_the_ledger_is_text_json_or_csv(folder: Path) -> None:
    assert "Core router without a spare" in amends("report", "ledger", cwd=folder).stdout
    data = json.loads(amends("report", "ledger", "--json", "--days", "0", cwd=folder).stdout)
    (line,) = csv.DictReader(io.StringIO(amends("report", "ledger", "--csv", cwd=folder).stdout))
    assert float(line["spent"]) * 100 == pytest.approx(data["total"]["spent"])
    assert data["assumptions"]["minute_cost"] == 0.75


def test_a_test_alarm_tells_which_channel_took_it_and_no_secret(folder: Path) -> None:
    with Hook() as hook, FakeMail() as mail:
        mail.refuse = 1
        done = amends("alarms", "test", cwd=folder, AMENDS_ALERTS_URLS=f"{web(hook)} {post(mail)}")
        assert done.returncode == 1
        assert done.stdout.startswith("ok    JSON (1)\nFAIL  E-Mail (2): ")
        assert hook.titles == [f"[{BRAND}] Test alarm"]
        secret = folder / "urls"
        secret.write_text(f"{web(hook)}\n")
        assert amends("alarms", "test", cwd=folder, AMENDS_ALERTS_URLS_FILE=str(secret)).returncode == 0
    assert "secret-token" not in done.stdout + done.stderr


def test_without_a_channel_or_with_a_bad_one_a_line_says_so(folder: Path) -> None:
    none = amends("alarms", "test", cwd=folder)
    assert (none.returncode, len(none.stderr.splitlines())) == (1, 1)
    assert "AMENDS_ALERTS_URLS" in none.stderr
    bad = amends("alarms", "test", cwd=folder, AMENDS_ALERTS_URLS="slack://no-token-of-slack")
    assert "address 1 cannot be read" in bad.stderr
    assert "no-token" not in bad.stderr


def test_addresses_never_stand_in_the_file(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG + '[alerts]\nurls = "json://hook.example/T0K3N"\n')
    done = amends("alarms", "test", cwd=folder)
    assert "alerts.urls: secrets do not belong in this file" in done.stderr
    assert "T0K3N" not in done.stderr


def test_the_running_service_sends_an_alarm_once_also_over_a_kill_and_a_restart(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder}/amends.db")
    now = datetime.now(UTC)
    Database(store, lambda: now).incident(
        status="suspected", started_at=now - timedelta(minutes=5), next_update_at=None
    )
    store.close()
    with Hook() as hook:
        environ = {"AMENDS_ALERTS_URLS": web(hook)}
        with serving(folder, environ) as service:
            wait_for(lambda: len(hook.requests) > 1, 60, "the alarm, and that of the overdue promise")
            service.kill()
        with serving(folder, environ) as service:
            with pytest.raises(AssertionError, match="did not happen"):
                wait_for(lambda: len(hook.requests) > 2, 8, "a third message")
            assert service.stop() == 0
        assert hook.titles == [
            f"[{BRAND}] Suspected incident: Mobile data outage",
            f"[{BRAND}] Promise is overdue: We will write",
        ]
        assert "secret-token" not in service.log.read_text()
