"""Settings, from options, `GRAPH_CDP_*` variables and `.env`, in this order; and store URLs.

No database is imported here: a store URL is only text that was understood.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal, NoReturn
from urllib.parse import quote, unquote, urlsplit

from pydantic import BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from graph_cdp.errors import ConfigError

ID_KEY_DEFAULT: Final = "graph-cdp: the id key that everyone knows"
"""The id key where none is set: the same events give the same profile ids on every machine, so whoever knows an
identifier can compute its profile id. Set a secret one before the first load: a store's id key can never change."""

CHANGES_KEPT_DEFAULT: Final = 100_000
"""How many of the newest commits the feed of changes keeps."""

CACHE_MIB_LOADING: Final = 512
"""How much of a SQLite file a command that loads keeps in memory."""

CACHE_MIB_SERVING: Final = 64
"""The same of a worker, whose groups are small: with more it was no faster at 660,000 events."""

_PREFIX = "GRAPH_CDP_"
_FILE = "_FILE"
_NOT_SETTINGS = ("GRAPH_CDP_TEST_NEO4J", "GRAPH_CDP_TEST_DOCKER")  # read by the tests alone
_NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_EXAMPLE = "neo4j://user:password@localhost:7687"
_ENCODE = "write the characters / ? # @ : [ ] and % of user and password as %2F %3F %23 %40 %3A %5B %5D and %25"
_SCHEMES = ("sqlite", *_NEO4J_SCHEMES)


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """Which store, and how to reach it. Neither `repr` nor `str` gives the password away.

    `sqlite:///relative.db`, `sqlite:////absolute/path.db` and `sqlite:///:memory:` have a `path`, as written.
    `neo4j://user:password@host:port/database` (and `neo4j+s`, `neo4j+ssc`, `bolt`, `bolt+s`, `bolt+ssc`) has a host;
    the port is 7687 where none is given; without a database it is the server's default; without user and password
    none are sent. User, password and database are percent-decoded here.
    """

    scheme: str
    path: str = ""
    host: str = ""
    port: int = 7687
    user: str | None = None
    password: str | None = None
    database: str | None = None

    @classmethod
    def parse(cls, text: str) -> "StoreUrl":
        """Read a store URL. Raises ConfigError with the remedy; its message never shows the URL."""
        scheme, separator, rest = text.strip().partition("://")
        if not separator:
            _refuse(f"has no scheme; write sqlite:///graph.db for a file, or {_EXAMPLE} for a server")
        scheme = scheme.lower()
        if scheme == "sqlite":
            return cls(scheme, path=_sqlite_path(rest))
        if scheme not in _NEO4J_SCHEMES:
            _refuse(f"has an unknown scheme; known are {', '.join(f'{known}://' for known in _SCHEMES)}")
        return _neo4j_url(scheme, rest)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file (or `:memory:`), not a server."""
        return self.scheme == "sqlite"

    @property
    def address(self) -> str:
        """Scheme, host and port of a server, without credentials: `neo4j+s://host:7687`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def redacted(self) -> str:
        """The URL with `***` for the password."""
        if self.is_sqlite:
            return f"sqlite:///{self.path}"
        who = "" if self.user is None else f"{quote(self.user, safe='')}:***@"
        database = "" if self.database is None else f"/{self.database}"
        return self.address.replace("://", f"://{who}", 1) + database

    def __repr__(self) -> str:
        return f"StoreUrl({self.redacted!r})"

    def __str__(self) -> str:
        return self.redacted


def _store_url(given: object) -> StoreUrl:
    if isinstance(given, StoreUrl):
        return given
    try:
        return StoreUrl.parse(str(given))
    except ConfigError as error:
        raise ValueError(str(error)) from None


def _listed(given: object) -> object:
    """The parts of a text with commas between."""
    return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given


_Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """What is in force. Read it with `load_settings`; a variable that is set but empty counts as not set.

    Each may be kept in a file instead, as secrets are: `GRAPH_CDP_STORE_FILE` names the file that holds the store URL.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    store: Annotated[StoreUrl, NoDecode, BeforeValidator(_store_url)] = Field(
        default=StoreUrl("sqlite", path="graph_cdp.db"), description="a store URL"
    )
    policy: Path | None = Field(default=None, description="the path of a policy file; the retail policy without it")
    id_key: SecretStr = Field(
        default=SecretStr(ID_KEY_DEFAULT), min_length=16, description="a secret text of at least 16 characters"
    )
    batch_events: int = Field(default=10_000, ge=1, le=100_000, description="a whole number from 1 to 100000")
    changes_kept: int = Field(
        default=CHANGES_KEPT_DEFAULT, ge=1_000, description="how many commits the feed of changes keeps, at least 1000"
    )
    reviewers: int = Field(
        default=1, ge=1, le=9, description="how many reviewers must agree before an item is decided, from 1 to 9"
    )
    review_refresh: int = Field(
        default=300, ge=0, description="seconds, from 1, between refreshes of the review queue by services; 0: never"
    )
    mode: Literal["production", "development"] = Field(default="production", description="production or development")
    jwt_secret: SecretStr | None = Field(
        default=None, min_length=32, description="a secret text of at least 32 characters that signs tokens"
    )
    jwt_jwks: str | None = Field(
        default=None,
        pattern=r"^(https?://|/|\./|[^:]+$)",
        description="the https:// address, or the path, of a JSON Web Key Set",
    )
    jwt_issuer: str | None = Field(default=None, description="the issuer that tokens must name")
    jwt_audience: str | None = Field(default=None, description="the audience that tokens must name")
    jwt_algorithms: _Listed = Field(
        default=(), description="algorithms with commas between; HS256 for a secret, RS256 and ES256 for a key set"
    )
    rate_limit: float = Field(default=10_000, gt=0, description="requests a second, above 0, for each key and worker")
    cors_origins: _Listed = Field(
        default=(), description="origins with commas between, such as https://app.shop.org, that may read from a page"
    )
    audit_wait: bool = Field(
        default=False, description="true or false: whether answers with personal values wait for their audit entry"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error"
    )
    max_requests: int = Field(
        default=1000, ge=1, le=100_000, description="requests in progress for each worker, from 1 to 100000"
    )
    max_streams: int = Field(
        default=500, ge=1, le=100_000, description="WebSockets and event streams open at each worker, from 1 to 100000"
    )
    read_timeout: float = Field(
        default=30, gt=0, description="seconds, above 0, that a client may take to send a request"
    )
    stop_timeout: int = Field(default=30, ge=1, description="seconds, from 1, that requests in progress get at a stop")
    graphql_introspection: bool | None = Field(
        default=None, description="true or false: whether GraphQL tells its schema; without it in development mode only"
    )
    graphql_tokens: int = Field(default=5000, ge=100, description="tokens of a GraphQL document, from 100")
    graphql_depth: int = Field(default=20, ge=1, description="levels of fields in a GraphQL document, from 1")
    graphql_breadth: int = Field(default=200, ge=1, description="fields of one selection in GraphQL, from 1")
    graphql_aliases: int = Field(default=50, ge=0, description="aliases in a GraphQL operation, from 0")
    graphql_directives: int = Field(default=50, ge=0, description="directives in a GraphQL operation, from 0")
    graphql_cost: int = Field(
        default=100_000, ge=1, description="fields that a GraphQL answer may have, lists in full, from 1"
    )
    graphql_batch: int = Field(
        default=1, ge=1, le=100, description="GraphQL operations of one request, from 1 (no batches) to 100"
    )
    graphql_documents: int = Field(
        default=1000, ge=1, le=100_000, description="GraphQL documents that each worker keeps, from 1 to 100000"
    )
    graphql_persisted: Path | None = Field(
        default=None, description="the path of a list of GraphQL documents, the only ones that are then run"
    )

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("*", mode="before")
    @classmethod
    def _text(cls, given: object) -> object:
        # Python hands bytes of the environment that are no UTF-8 on as lone surrogates.
        try:
            str(given).encode()
        except UnicodeEncodeError:
            raise ValueError("is not UTF-8; write it anew") from None
        return given

    @property
    def origins(self) -> Mapping[str, str]:
        """By variable, where its value comes from: `option`, `environment`, a file's path, or `default`."""
        return self._origins

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the name is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, variables, files that variables name, then `.env`."""
        return init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings


class _NamedFiles(EnvSettingsSource):
    """The content of those files that `GRAPH_CDP_…_FILE` variables name, as if it stood in the variable."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {_variable(name).lower(): _content(path) for name, path in _named_files().items()}


def _named_files() -> dict[str, Path]:
    """By setting, the file that a variable of the environment names for it."""
    given = {name.upper(): value for name, value in os.environ.items()}
    named = {name: given.get(_variable(name) + _FILE) for name in Settings.model_fields}
    return {name: Path(path) for name, path in named.items() if path}


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path}, which a {_PREFIX}…{_FILE} variable names, cannot be read ({reason})") from None


def load_settings(*, store: str | None = None, policy: Path | None = None, env_file: Path = Path(".env")) -> Settings:
    """Read the settings; `store` and `policy` are the options of a command line, None where not given.

    Raises ConfigError that names every variable that cannot be used, where it was set, and the remedy.
    """
    given = {"store": store, "policy": policy}
    options = {name: value for name, value in given.items() if value is not None}
    origins = {_variable(name): "default" for name in Settings.model_fields}
    in_file, in_environment = reversed(_variables_by_origin(env_file).items())
    for origin, variables in (in_file, *_files_by_origin(), in_environment):
        origins |= {name: origin for name in variables if name in origins}
    origins |= {_variable(name): "option" for name in options}
    try:
        settings = Settings(_env_file=env_file, **options)  # type: ignore[call-arg, arg-type]  # text, validated here
    except ValidationError as error:
        raise ConfigError("; ".join(_complaints(error, origins))) from None
    settings._origins.update(origins)
    return settings


def unknown_variables(env_file: Path = Path(".env")) -> list[str]:
    """A warning for each `GRAPH_CDP_*` variable that is no setting: likely a slip, and without any effect."""
    known = {_variable(name): name for name in Settings.model_fields}
    in_files = {variable + _FILE for variable in known}
    warnings = []
    for origin, variables in _variables_by_origin(env_file).items():
        for variable in sorted(variables):
            if variable.startswith(_PREFIX) and variable not in (*known, *in_files, *_NOT_SETTINGS):
                close = get_close_matches(variable.removeprefix(_PREFIX).lower(), known.values(), n=1)
                remedy = f"did you mean {_variable(close[0])}?" if close else "graph-cdp config shows all"
                warnings.append(f"{variable} ({origin}) is no setting; {remedy}")
    return warnings


def shown(settings: Settings) -> dict[str, str]:
    """The value of each setting by its variable, in a fixed order, with stars for secrets and passwords.

    `settings.origins` tells where each comes from.
    """
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    return {_variable(name): _shown(value) for name, value in values.items()}


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple():
            return ",".join(value)
        case _:
            return str(value)


def _variable(setting: str) -> str:
    return _PREFIX + setting.upper()


def _variables_by_origin(env_file: Path) -> dict[str, set[str]]:
    """The names, in capitals, of the variables that are set and not empty; the strongest origin first."""
    try:
        in_file = DotEnvSettingsSource(Settings, env_file=env_file).env_vars
    except UnicodeDecodeError:
        raise ConfigError(f"{env_file} is not UTF-8; save it as UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{env_file} cannot be read ({error.strerror}); make it readable, or remove it") from None
    return {
        "environment": {name.upper() for name in EnvSettingsSource(Settings).env_vars},
        str(env_file): {name.upper() for name in in_file},
    }


def _files_by_origin() -> list[tuple[str, set[str]]]:
    return [(str(path), {_variable(name)}) for name, path in _named_files().items()]


def _complaints(error: ValidationError, origins: Mapping[str, str]) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_input=False):
        setting = str(detail["loc"][0])
        cause = detail.get("ctx", {}).get("error")
        remedy = str(cause) if cause else f"must be {Settings.model_fields[setting].description}"
        yield f"{_variable(setting)} ({origins[_variable(setting)]}): {remedy}"


def _sqlite_path(rest: str) -> str:
    """The path behind `sqlite://`, which is a slash more than the path itself."""
    path = rest.removeprefix("/")
    if not path or path == rest:
        _refuse("names no file; write sqlite:///graph.db, or four slashes for an absolute path")
    if "?" in path:
        _refuse("has a query, and a sqlite store takes none; leave out the question mark and what follows")
    return path


def _neo4j_url(scheme: str, rest: str) -> StoreUrl:
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port, user, password, database = parts.port, *map(_decoded, (parts.username, parts.password, parts.path[1:]))
    except ValueError:
        _refuse(f"cannot be read; check the port, and {_ENCODE}")
    if not parts.hostname:
        _refuse(f"names no host; write {_EXAMPLE.replace('neo4j', scheme)}")
    if parts.query or parts.fragment or (database and not _DATABASE.fullmatch(database)):
        _refuse(f"has more behind the port than the name of a database; {_ENCODE}")
    if bool(user) != bool(password):
        _refuse("has a user or a password alone; give both, or neither where the server asks for none")
    return StoreUrl(
        scheme,
        host=parts.hostname,
        port=7687 if port is None else port,
        user=user or None,
        password=password or None,
        database=database or None,
    )


def _decoded(part: str | None) -> str:
    return unquote(part or "", errors="strict")


def _refuse(what: str) -> NoReturn:
    raise ConfigError(f"the store URL {what}")
