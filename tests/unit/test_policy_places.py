import tomllib
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.policies.places import line_of, lines_by_path, shown_path


def test_places_survive_comments_strings_arrays_and_dotted_keys():
    text = dedent('''\
        # [[namespace]] in a comment
        title = "# no comment, [no table], a = 1"
        "quoted.key" = 'it = [x'
        spaced = 1

        [[namespace]]   # one
        text = """
        [[namespace]]
        name = "not here" \\"""
        """""
        raw = \'\'\'
        limit = 3 # '' \'\'\'
        blocked = [   # a list
          "a]", # ]
          'b"',

          ["c",
           {d = 1, "e f" = [2]}],
        ]
        day = 2026-01-01 00:00:00
        number = 1_000.5e+3
        a.b . "c" = { x.y = 1, z = "}" }
        [ namespace.sub . 'd.e' ]
        f = 1
        [[namespace.list]]
        [[namespace.list]]
        g = 2
        [[namespace]]
        "n\\u0061me" = "b"
        ''')
    tomllib.loads(text)
    assert {shown_path(path): line for path, line in lines_by_path(text).items()} == {
        "title": 2,
        '"quoted.key"': 3,
        "spaced": 4,
        "namespace": 6,
        "namespace[0]": 6,
        "namespace[0].text": 7,
        "namespace[0].raw": 11,
        "namespace[0].blocked": 13,
        "namespace[0].blocked[0]": 14,
        "namespace[0].blocked[1]": 15,
        "namespace[0].blocked[2]": 17,
        "namespace[0].blocked[2][0]": 17,
        "namespace[0].blocked[2][1]": 18,
        "namespace[0].blocked[2][1].d": 18,
        'namespace[0].blocked[2][1]."e f"': 18,
        'namespace[0].blocked[2][1]."e f"[0]': 18,
        "namespace[0].day": 20,
        "namespace[0].number": 21,
        "namespace[0].a": 22,
        "namespace[0].a.b": 22,
        "namespace[0].a.b.c": 22,
        "namespace[0].a.b.c.x": 22,
        "namespace[0].a.b.c.x.y": 22,
        "namespace[0].a.b.c.z": 22,
        "namespace[0].sub": 23,
        'namespace[0].sub."d.e"': 23,
        'namespace[0].sub."d.e".f': 24,
        "namespace[0].list": 25,
        "namespace[0].list[0]": 25,
        "namespace[0].list[1]": 26,
        "namespace[0].list[1].g": 27,
        "namespace[1]": 28,
        "namespace[1].name": 29,
    }


def test_a_path_that_stands_nowhere_is_told_by_the_table_around_it():
    lines = lines_by_path("a = 1\n\n[b]\nc = 2\n")
    assert line_of(("b", "d", 3), lines) == 3
    assert line_of(("e",), lines) == 1


VALUES = st.recursive(
    st.sampled_from(
        [
            "1",
            "-1.5e3",
            "true",
            "2026-01-01 00:00:00Z",
            '"#"',
            "'['",
            '"\\""',
            '"""\n]\n"""',
            "'''\n= \"\n'''",
            '""""""',
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[ # ]\n" + ",\n".join(items) + "\n]"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(["name", '"a.b"', "'x # y'", "1", "deep.er", '" = "'])


@given(st.lists(st.lists(st.tuples(KEYS, VALUES), max_size=4, unique_by=lambda pair: pair[0]), min_size=1, max_size=4))
def test_every_key_of_every_text_is_found_on_its_line(tables: list[list[tuple[str, str]]]):
    text, expected = "", {}
    for index, pairs in enumerate(tables):
        text += "# a remark\n\n[[namespace]] # ]]\n"
        for key, value in pairs:
            (path,) = _leaves(tomllib.loads(f"{key} = 0"))
            expected["namespace", index, *path] = text.count("\n") + 1
            text += f"{key} = {value} # = 1\n"
    lines = lines_by_path(text)
    assert {path: lines[path] for path in expected} == expected
    assert set(_leaves(tomllib.loads(text))) <= set(lines)


def _leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    match value:
        case dict():
            items = list(value.items())
        case list():
            items = list(enumerate(value))
        case _:
            return [path]
    return [leaf for key, inner in items for leaf in _leaves(inner, (*path, key))] or [path]
