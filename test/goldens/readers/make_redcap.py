"""A made-up REDCap project: its dictionary, its export as raw codes and as labels, and the truth.

    python make_redcap.py    (numpy 2.4)

Answers are drawn first and written three times. Codes, checkboxes (`race___1`, `race____1` for the
code -1), events, repeated instruments, `_complete` columns and their 0 for a form that nobody
filled are written as REDCap's "Export Data" and "Data Dictionary" help pages say; no REDCap was used.
"""
import numpy as np
from tables import csv

rng = np.random.default_rng(3)
NOT_ASKED = "(not asked)"
YESNO = {"1": "Yes", "0": "No"}
SEX = {"1": "Female", "2": "Male", "3": "Intersex, or other"}
RACE = {"1": "Asian", "2": "Black, African or Caribbean", "3": "<b>White</b>", "-1": "Refused", "oth": "Other"}
NYHA = {"1": "I", "2": "II", "3": "III or IV"}
SIGNS = {"1": "Fever", "2": "Cough"}
DRUG = {"01": "Aspirin", "02": "Other", "03": "Other"}
STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
choices = lambda codes: " | ".join(f"{code}, {label}" for code, label in codes.items())

HEADERS = ["Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
           "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
           "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
           "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name",
           "Matrix Ranking?", "Field Annotation"]
e, v, m = "enrollment", "visit", "medication"
FIELDS = []


def field(name, form, kind, label, choices="", note="", validation="", low="", high="", identifier="", branching=""):
    FIELDS.append((name, form, kind, label, choices, note, validation, low, high, identifier, branching))


field("record_id", e, "text", "Record")
field("mrn", e, "text", "Hospital number", validation="mrn_10d", identifier="y")
field("enrolled", e, "text", "Day of enrollment", validation="date_dmy", low="2020-01-01", high="2021-12-31")
field("age", e, "text", "Age (years)", validation="integer", low="18", high="90")
field("sex", e, "radio", "Sex", choices(SEX))
field("pregnant", e, "yesno", "Pregnant", branching="[sex] = '1' and\n[age] < 50")
field("race", e, "checkbox", "Race, all that apply", choices(RACE))
field("weight", e, "text", "Weight", note="kg", validation="number_1dp_comma_decimal", low="30", high="200,5")
field("bmi", e, "calc", "BMI [kg/m2]", "round([weight]/(1.7^2),1)")
field("consent", e, "truefalse", "Consent")
field("story", e, "notes", "Anything else")
field("pain", v, "slider", "Pain", "none | some | worst", validation="number")
field("nyha", v, "dropdown", "NYHA class", choices(NYHA))
field("smoker", v, "yesno", "Smokes")
field("cigarettes", v, "text", "Cigarettes", note="a day", validation="integer", low="0", branching='[smoker]="1"')
field("crp", v, "text", "CRP", note="mg/L", validation="number", low="0", high="500")
field("signs", v, "checkbox", "Signs", choices(SIGNS), branching="([nyha] > 1 or [pain] >= 50)")
field("last_sex", v, "yesno", "Asked by another event", branching="[baseline_arm_1][sex] = '1'")
field("ill", v, "yesno", "Fell ill")
field("drug", m, "dropdown", "Drug", choices(DRUG))
field("dose", m, "text", "Dose", note="mg", validation="number",
      branching="[event-name] = 'baseline_arm_1' and [drug] <> ''")

rows = [(n, f, "", t, l, c, note, val, lo, hi, ident, logic) + ("",) * 6
        for n, f, t, l, c, note, val, lo, hi, ident, logic in FIELDS]
csv("redcap.dictionary.csv", {h: [row[i] for row in rows] for i, h in enumerate(HEADERS)})

raw, labels, truth = [], [], []
RAW_NAMES = {"race": {code: f"race___{code.replace('-', '_')}" for code in RACE} | {"unk": "race___unk"},
             "signs": {code: f"signs___{code}" for code in SIGNS}}
# Names have neither tags, commas nor equality signs; two labels that are one keep their codes
NAMES = {"race": {"1": "race: Asian", "2": "race: Black African or Caribbean", "3": "race: White",
                  "-1": "race: Refused", "oth": "race: Other", "unk": "race___unk"},
         "signs": {"1": "signs: Fever", "2": "signs: Cough"}}
LABELS = {"sex": SEX, "nyha": NYHA, "pregnant": YESNO, "smoker": YESNO, "last_sex": YESNO, "ill": YESNO,
          "consent": {"1": "True", "0": "False"}, "drug": DRUG}
TRUE_LABELS = LABELS | {"drug": {"01": "Aspirin", "02": "Other (02)", "03": "Other (03)"}}


def row(record, event, instrument, instance, filled, answers, hidden):
    """One line of the export: `answers` are codes, boxes a set of codes; `hidden` were not asked."""
    one, two, three = {}, {}, {}
    for out in (one, two, three):
        out |= {"record_id": record, "redcap_event_name": event, "redcap_repeat_instrument": instrument,
                "redcap_repeat_instance": instance}
    for name, form, kind, *_ in FIELDS[1:]:
        answer = answers.get(name)
        if kind == "checkbox":
            for code, column in RAW_NAMES[name].items():
                boxed = answer is not None and code in answer
                elsewhere = instrument != "" and form != instrument  # blank in rows of another instrument
                one[column] = "" if elsewhere else "1" if boxed else "0"
                two[column] = "" if elsewhere else "Checked" if boxed else "Unchecked"
                away = answer is not None and "unk" in answer
                own = NAMES[name][code]
                three[own] = (NOT_ASKED if name in hidden else "1" if boxed else
                              "" if form not in filled or away else "0")
                if code == "unk":
                    three[own] = one[column]
        else:
            code = answer or ""
            one[name] = code
            two[name] = LABELS.get(name, {}).get(code, code)
            label = TRUE_LABELS.get(name, {}).get(code, code)
            choice = name in LABELS
            three[name] = (NOT_ASKED if choice else "") if name in hidden else "" if code == "-99" else label
            if name == "weight":
                three[name] = three[name].replace(",", ".")
    for form in (e, v, m):
        column = f"{form}_complete"
        code = filled.get(form, "" if instrument else "0")
        one[column] = code
        two[column] = STATUS.get(code, "")
        three[column] = STATUS[code] if form in filled else ""
    raw.append(one), labels.append(two), truth.append(three)


def maybe(value, share=0.08):
    return None if rng.random() < share else value


def visit(first):
    nyha, pain, smoker = str(rng.integers(1, 4)), maybe(str(rng.integers(0, 101))), maybe(str(rng.integers(0, 2)))
    risk = int(nyha) - 2 + (0.02 * int(pain or 40) - 0.8) + (0.8 if smoker == "1" else 0)
    hidden = set() if smoker == "1" else {"cigarettes"}
    asked = nyha > "1" or (pain is not None and int(pain) >= 50)
    if not asked:
        hidden |= {"signs"}
    crp = maybe(f"{rng.gamma(2, 20) * (1 + max(risk, 0)):.1f}")
    return {"pain": pain, "nyha": nyha, "smoker": smoker, "crp": "-99" if rng.random() < 0.05 else crp,
            "cigarettes": str(rng.integers(1, 40)) if smoker == "1" else None, "last_sex": maybe("1") if first else None,
            "signs": {c for c in SIGNS if asked and rng.random() < 0.4},
            "ill": str(int(risk + rng.normal(0, 0.6) > 0))}, hidden


for i in range(80):
    record = str(i + 1)
    age, sex = str(rng.integers(18, 91)), maybe(str(rng.choice(list(SEX), p=[0.5, 0.45, 0.05])))
    first, hidden = visit(True)
    filled, answers = {e: "2", v: str(rng.integers(1, 3))}, dict(first)
    if i % 10 == 7:  # nobody filled the first form
        filled = {v: "0"}
    else:
        may = sex == "1" and int(age) < 50
        boxes = {"unk"} if i % 17 == 3 else {str(rng.choice(list(RACE)))} | ({"3"} if rng.random() < 0.2 else set())
        weight = maybe(f"{rng.normal(75, 12):.1f}")
        answers |= {"mrn": f"{1000000000 + 7919 * i}", "enrolled": f"2020-{1 + i % 12:02d}-{1 + i % 28:02d}",
                    "age": age, "sex": sex, "pregnant": maybe(str(rng.integers(0, 2))) if may else None, "race": boxes,
                    "weight": weight and weight.replace(".", ","), "consent": "1" if i % 9 else "0",
                    "bmi": weight and f"{float(weight) / 1.7 ** 2:.1f}",
                    "story": None if i % 4 else f"Patient said: \"well\",\nthen left ({i})"}
        if not may:
            hidden = hidden | {"pregnant"}
    row(record, "baseline_arm_1", "", "", filled, answers, hidden)
    if i % 3:
        later, hidden = visit(False)
        row(record, "month_3_arm_1", "", "", {v: "2"}, later, hidden)
    for instance in range(i % 4 % 3):
        drug = str(rng.choice(list(DRUG)))
        row(record, "baseline_arm_1", m, str(instance + 1), {m: "2"}, {"drug": drug, "dose": str(50 * (1 + i % 5))}, set())

for name, table in {"redcap.csv": raw, "redcap.labels.csv": labels, "redcap.truth.csv": truth}.items():
    csv(name, {column: [line[column] for line in table] for column in table[0]})
