"""Settings: every fault names its place."""

from pathlib import Path

import pytest

from core.accounts import DemoSource
from core.errors import ConfigError
from core.settings import load, secrets_of

BRAND = '[brand]\nname = "Northwind"\n'


def _write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def _fault(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(_write(folder, text), environ=environ or {})
    return str(caught.value).replace(f"{folder}/", "")


def test_the_shipped_configuration_is_valid() -> None:
    settings = load(Path(__file__).parents[2] / "config.toml", environ={})
    assert isinstance(settings.sources["demo"], DemoSource)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"{BRAND}[web]\nport = 'high'\n", "config.toml:4: web.port: Input should be a valid integer"),
        (f"{BRAND}\n[web]\nporto = 1\n", "config.toml:5: web.porto: unknown key"),
        (f"{BRAND}[wep]\n", "config.toml:3: wep: unknown key"),
        ("[web]\nport = 1\n", "config.toml:1: brand: missing"),
        (f"{BRAND}time_zone = 'Mars/Base'\n", "config.toml:3: brand.time_zone: 'Mars/Base' is not a time zone"),
        (
            f"{BRAND}[sources.a]\nkind = 'x'\nquery = 5\n",
            "config.toml:5: sources.a.query: Input should be a valid string",
        ),
        (f"{BRAND}[sources.a]\nkind = 'fax'\n", "config.toml:3: sources.a: kind must be one of"),
        (f"{BRAND}[sources.a]\n", "config.toml:3: sources.a: kind is missing"),
        ("[brand\n", "config.toml:1: "),
        (f"{BRAND}[publishers.p]\nkind='console'\nplatforms=['fax']\n", "config.toml:5: publishers.p.platforms: "),
        (f"web = 5\n{BRAND}", "config.toml:1: web: a table is expected"),
        ("brand = 'Northwind'\n", "config.toml:1: brand: a table is expected"),
        (f"{BRAND}handles = ['northwind']\n", "config.toml:3: brand.handles: 'northwind' is not a handle: write"),
        (f"{BRAND}handles = ['@a', 'u/']\n", "config.toml:3: brand.handles: 'u/' is not a handle"),
        (f"{BRAND}handles = ['@a@']\n", "config.toml:3: brand.handles: '@a@' is not a handle"),
        (f"{BRAND}handles = ['@a b']\n", "config.toml:3: brand.handles: '@a b' is not a handle"),
        (f"{BRAND}handles = ['https://x.example/a']\n", "config.toml:3: brand.handles: 'https://x.example/a' is not"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, text: str, fault: str) -> None:
    assert _fault(tmp_path, text).startswith(fault)


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    lines = _fault(tmp_path, f"{BRAND}[web]\nport = 'a'\nhost = 3\n").splitlines()
    assert [line.split(": ")[1] for line in lines] == ["web.host", "web.port"]


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    fault = _fault(tmp_path, f"{BRAND}[sources.a]\nkind = 'x'\nbearer_token = 'hunter2hunter2'\n")
    assert fault.startswith("config.toml:5: sources.a.bearer_token: secrets do not belong in this file")
    assert "AMENDS_SOURCES_A_BEARER_TOKEN" in fault
    assert "hunter2" not in fault


def test_secrets_come_from_the_environment_or_a_file_it_names(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("from-a-file\n")
    file = _write(tmp_path, f"{BRAND}[sources.my-x]\nkind = 'x'\n")
    environ = {"AMENDS_SOURCES_MY_X_BEARER_TOKEN_FILE": str(token), "AMENDS_SOURCES_MY_X_CONSUMER_KEY": "key-from-env"}
    settings = load(file, environ=environ)
    assert sorted(secrets_of(settings)) == ["from-a-file", "key-from-env"]
    assert "from-a-file" not in repr(settings)


def test_the_environment_overrides_a_plain_key(tmp_path: Path) -> None:
    settings = load(_write(tmp_path, BRAND), environ={"AMENDS_WEB_PORT": "9000", "AMENDS_STORE_URL": "sqlite:///x.db"})
    assert (settings.web.port, settings.store.url) == (9000, "sqlite:///x.db")


def test_the_password_of_the_database_is_a_secret(tmp_path: Path) -> None:
    settings = load(_write(tmp_path, BRAND), environ={"AMENDS_STORE_URL": "postgresql://me:s3cretpw@db/amends"})
    assert secrets_of(settings) == ["s3cretpw"]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give --config PATH or set AMENDS_CONFIG"):
        load(tmp_path / "none.toml", environ={})


@pytest.mark.parametrize("value", ["[" * 5000, "9" * 5000])
def test_a_file_that_cannot_be_parsed_to_its_end(tmp_path: Path, value: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"web = {value}\n")
    with pytest.raises(ConfigError, match="a number is too long or brackets are nested too deep"):
        load(file, environ={})


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"[brand]\nname = '\xff'\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(file, environ={})


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (f"web = 5\n{BRAND}", {"AMENDS_WEB_PORT": "9000"}),
        ("brand = 'Northwind'\n", {"AMENDS_BRAND_NAME": "Northwind"}),
        (f"sources = 5\n{BRAND}", {"AMENDS_SOURCES_X_ACCOUNT": "a"}),
    ],
)
def test_a_value_where_a_table_belongs_is_named_whatever_the_environment(
    tmp_path: Path, text: str, environ: dict[str, str]
) -> None:
    assert ": a table is expected" in _fault(tmp_path, text, environ)


def test_handles_of_every_platform_are_taken(tmp_path: Path) -> None:
    handles = ("@north_wind", "@northwind.example", "@north-wind@social.example", "u/north-wind_1")
    settings = load(_write(tmp_path, f"{BRAND}handles = {list(handles)}\n"), environ={})
    assert settings.brand.handles == handles
    listed = load(_write(tmp_path, BRAND), environ={"AMENDS_BRAND_HANDLES": "@northwind, u/northwind"})
    assert listed.brand.handles == ("@northwind", "u/northwind")


def test_a_wrong_handle_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    assert _fault(tmp_path, BRAND, {"AMENDS_BRAND_HANDLES": "northwind"}).startswith("AMENDS_BRAND_HANDLES: ")


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BRAND.encode())
    assert load(file, environ={}).brand.name == "Northwind"


def test_addresses_of_alarms_are_secrets_with_all_their_parts(tmp_path: Path) -> None:
    file = _write(tmp_path, BRAND)
    urls = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXr/#team\nmailtos://amends:p%40ssw0rd@mail.example?to=ana@mail.example"
    settings = load(file, environ={"AMENDS_ALERTS_URLS": urls})
    assert settings.alerts.addresses() == tuple(urls.split())
    hidden = secrets_of(settings)
    for part in ("T1JJ3T3L2", "TIiajkdnlazkcOXr", "p%40ssw0rd", "p@ssw0rd", urls.split(maxsplit=1)[0]):
        assert part in hidden
    assert "mail.example" not in hidden
    assert "TIiajkdnlazkcOXr" not in repr(settings)


def test_departments_of_feedback_are_checked(tmp_path: Path) -> None:
    text = f"{BRAND}[feedback.departments.Shops]\nwords = ['shop']\nintents = ['anger']\n"
    assert _fault(tmp_path, text).startswith("config.toml:")
    assert "feedback.departments.Shops.intents" in _fault(tmp_path, text)
