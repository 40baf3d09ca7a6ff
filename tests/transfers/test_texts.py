"""DATA-9: texts as programs and people write them: their encodings, their quotes, their separators."""

import pytest

from tests.transfers.sheets import csv_bytes, write
from transfers import reading
from transfers.reading import open_sheet

FRENCH = [
    ["Référence", "Société", "Ville", "Remarque"],
    ["É1", "Crédit de l'Île-de-France", "Évry", "à rappeler, déjà vu « été »"],
    ["É2", "GARAGE DE L'ÉGLISE", "NÎMES", "où ça ? forêt, naïve, garçon"],
    ["É3", "Hôtel du Mâcon", "Besançon", "tél. n° 12"],
]
GERMAN = [["Straße", "Größe"], ["Müller & Söhne", "Ärzte für Übergrößen"]]
SPANISH = [["Año", "Compañía"], ["2026", "Peñarol ¿qué? Constitución Martínez Ávila"]]
CAPITALS = [["SOCIÉTÉ", "VILLE"], ["ÉTABLISSEMENTS LÉVÊQUE", "ORLÉANS"]]


def read(tmp_path, content, name="f.csv"):
    opened = open_sheet(write(tmp_path, name, content), name)
    return opened.format, list(opened.rows)


@pytest.mark.parametrize("rows", [FRENCH, GERMAN, SPANISH, CAPITALS])
@pytest.mark.parametrize("encoding", ["windows-1252", "mac-roman", "cp850", "utf-16-le", "utf-32"])
def test_data_9_accents_are_read_as_they_were_written(tmp_path, rows, encoding):
    found, read_as = read(tmp_path, csv_bytes(rows, encoding, ";"))
    assert read_as == rows and found["encoding"] == encoding


def test_data_9_a_few_letters_in_another_encoding_spoil_no_others(tmp_path):
    content = "Nom;Ville\nCafé;Nîmes\nHôtel;Évry\n".encode() + "Forêt;Mâcon\n".encode("cp1252")
    assert read(tmp_path, content)[1] == [["Nom", "Ville"], ["Café", "Nîmes"], ["Hôtel", "Évry"], ["Forêt", "Mâcon"]]


def test_data_9_marks_and_zeros_between_letters_are_not_seen(tmp_path):
    content = "\ufeffNom,Ville\nCafé,N\x00îmes\n".encode() + "\ufeffForêt,Évry\n".encode()
    assert read(tmp_path, content)[1] == [["Nom", "Ville"], ["Café", "Nîmes"], ["Forêt", "Évry"]]


BOLTS = [["2", "Bolt", "5"], ["3", "Nut", "7"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('1,"Pipe 5,10\n2,Bolt,5\n3,Nut,7\n', [["1", '"Pipe 5', "10"], *BOLTS]),  # never closed
        ('1,"Pipe 5,10\n2,Bolt,5\n3,"Nut,7\n', [["1", '"Pipe 5', "10"], BOLTS[0], ["3", '"Nut', "7"]]),
        ('1,5" pipe,10\n2,Bolt,5\n3,Nut,7\n', [["1", '5" pipe', "10"], *BOLTS]),
        ('1,"of two\nlines, with, commas",10\n2,Bolt,5\n', [["1", "of two\nlines, with, commas", "10"], BOLTS[0]]),
        ('1,"of two\nlines"\n2,Bolt,5\n', [["1", "of two\nlines"], BOLTS[0]]),
        ('1, "Pipe, long", 10\n2,Bolt,5\n', [["1", "Pipe, long", "10"], BOLTS[0]]),  # blanks before quotes
        ('1,"a \\"long\\" pipe, new",10\n2,Bolt,5\n', [["1", 'a "long" pipe, new', "10"], BOLTS[0]]),
        ('1,"C:\\pipes\\",10\n2,Bolt,5\n', [["1", "C:\\pipes\\", "10"], BOLTS[0]]),
    ],
)
def test_data_9_a_quote_takes_no_other_row_with_it(tmp_path, text, rows):
    assert read(tmp_path, f"No,Name,Price\n{text}".encode())[1] == [["No", "Name", "Price"], *rows]


def test_data_9_a_large_text_takes_little_memory_and_no_row_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MEGABYTES", 40)
    line = "Société de l’Île,12 rue de la Forêt,75001,Paris,contact@example.org\n" * 20_000
    opened = open_sheet(write(tmp_path, "f.csv", ("Nom,Rue,CP,Ville,Courriel\n" + line * 5).encode()), "f.csv")
    assert sum(1 for _row in opened.rows) == 100_001
