//! Inference over the sample files and over small files that each pose one question.

use std::fmt::Write as _;

use touchstone_spec::DataType;

use super::*;
use crate::ValueParser;

/// The evidence as people would read it.
fn report(inference: &Inference) -> String {
    let mut out = String::new();
    let format = &inference.format;
    writeln!(
        out,
        "delimiter {:?} quote {:?} escape {:?} encoding {} header_row {} footer_rows {} null_values {:?} trim {}",
        format.delimiter,
        format.quote,
        format.escape,
        format.encoding,
        format.header_row,
        format.footer_rows,
        format.null_values,
        format.trim
    )
    .unwrap();
    writeln!(out, "encoding: {}", inference.encoding.reason).unwrap();
    writeln!(out, "dialect: {}", inference.dialect.reason).unwrap();
    writeln!(out, "header: {}", inference.header.reason).unwrap();
    for line in &inference.preamble {
        writeln!(out, "preamble {}: {}", line.line, line.text).unwrap();
    }
    if !inference.footer.reason.is_empty() {
        writeln!(
            out,
            "footer: {} {:?}",
            inference.footer.reason,
            inference.footer.records.iter().map(|one| &one.text).collect::<Vec<_>>()
        )
        .unwrap();
    }
    for note in &inference.notes {
        writeln!(out, "note: {}", note.message).unwrap();
    }
    writeln!(
        out,
        "{} records, {} rejected, {} bytes, complete {}",
        inference.records, inference.rejected, inference.bytes, inference.complete
    )
    .unwrap();
    for count in &inference.reject_counts {
        writeln!(out, "  {} {}", count.records, count.code.as_str()).unwrap();
    }
    for key in &inference.candidate_keys {
        writeln!(out, "key {}: {}", key.columns.join(" + "), key.reason).unwrap();
    }
    for column in &inference.columns {
        writeln!(
            out,
            "\n{} {}: {}{} — {}",
            column.position,
            column.name,
            column.inferred.data_type,
            if column.inferred.required { " required" } else { "" },
            column.reason
        )
        .unwrap();
        let field = &column.inferred;
        if field.format.is_some()
            || field.decimal_mark.is_some()
            || field.grouping_mark.is_some()
            || field.negative.is_some()
        {
            writeln!(
                out,
                "  field: format {:?} decimal {:?} grouping {:?} negative {:?}",
                field.format, field.decimal_mark, field.grouping_mark, field.negative
            )
            .unwrap();
        }
        writeln!(
            out,
            "  nulls {} empties {} blanks {} padded {} distinct {} ({}) lengths {}–{} text {:?}–{:?} values {:?}–{:?}",
            column.nulls,
            column.empties,
            column.blanks,
            column.padded,
            column.distinct,
            if column.distinct_exact { "exact" } else { "estimated" },
            column.min_length,
            column.max_length,
            column.min_text.as_deref().unwrap_or_default(),
            column.max_text.as_deref().unwrap_or_default(),
            column.min_value.as_deref().unwrap_or_default(),
            column.max_value.as_deref().unwrap_or_default(),
        )
        .unwrap();
        for evidence in &column.evidence {
            writeln!(
                out,
                "  {} {}: {} parsed, {} failed{}{}",
                evidence.data_type,
                evidence.format.as_deref().unwrap_or("-"),
                evidence.parsed,
                evidence.failed,
                evidence.failed_examples.iter().fold(String::new(), |list, seen| format!(
                    "{list} [{:?} record {} line {}]",
                    seen.value, seen.record, seen.line
                )),
                evidence
                    .reason_rejected
                    .as_ref()
                    .map(|reason| format!(" — not chosen: {reason}"))
                    .unwrap_or_default()
            )
            .unwrap();
        }
        if let Some(identifier) = &column.identifier {
            let examples: Vec<&str> =
                identifier.invalid_examples.iter().map(|seen| seen.value.as_str()).collect();
            writeln!(
                out,
                "  {}: {} valid, {} invalid {examples:?}",
                identifier.kind.as_str(),
                identifier.valid,
                identifier.invalid
            )
            .unwrap();
        }
        for marker in &column.null_markers {
            writeln!(
                out,
                "  marker {:?} × {} {}: {}",
                marker.text,
                marker.count,
                if marker.accepted { "accepted" } else { "refused" },
                marker.reason
            )
            .unwrap();
        }
        let counted = |list: &[CountedText], most: usize| {
            list.iter()
                .take(most)
                .map(|one| format!("{:?} × {}", one.text, one.count))
                .collect::<Vec<_>>()
                .join(", ")
        };
        writeln!(out, "  top {}", counted(&column.top_values, 3)).unwrap();
        writeln!(out, "  shapes {}", counted(&column.shapes, 3)).unwrap();
    }
    out
}

fn of_sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/samples").join(name);
    let inference = infer(path.as_path(), &InferOptions::default()).unwrap();
    assert_readable(&inference);
    report(&inference)
}

fn of(text: &str) -> Inference {
    let inference = infer(text.as_bytes(), &InferOptions::default()).unwrap();
    assert_readable(&inference);
    inference
}

/// Each proposed field can be parsed by, and the evidence adds up.
fn assert_readable(inference: &Inference) {
    for column in &inference.columns {
        crate::ValueParser::new(&column.inferred, &inference.format).unwrap();
        assert_eq!(column.evidence[0].data_type, column.inferred.data_type, "{}", column.name);
        let markers: u64 = column.null_markers.iter().filter(|one| one.accepted).map(|one| one.count).sum();
        for evidence in &column.evidence {
            assert_eq!(
                evidence.parsed + evidence.failed + column.nulls + column.empties + column.blanks + markers,
                column.records,
                "{} as {}",
                column.name,
                evidence.data_type
            );
        }
    }
}

/// `name: type` of each column, for short tests.
fn types(inference: &Inference) -> String {
    let fields = inference.contract.iter().map(|field| {
        let format = field.format.as_ref().map(|format| format!(" {format}")).unwrap_or_default();
        format!("{}: {}{format}", field.name, field.data_type)
    });
    fields.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_sample_of_securities() {
    insta::assert_snapshot!(of_sample("securities.txt"));
}

#[test]
fn the_sample_of_prices() {
    insta::assert_snapshot!(of_sample("prices.csv"));
}

#[test]
fn the_sample_of_trades() {
    insta::assert_snapshot!(of_sample("trades_20260302.csv"));
}

#[test]
fn the_sample_of_positions() {
    insta::assert_snapshot!(of_sample("positions_20260331.tsv"));
}

#[test]
fn ambiguous_days_and_months_are_decided_by_evidence() {
    let report: Vec<String> = [
        // Another column decides.
        "a;b\n01/02/2026;25/02/2026\n02/03/2026;26/03/2026\n03/04/2026;27/04/2026\n",
        // One stretch of days, not twelve months.
        "a;n\n01/03/2026;x\n02/03/2026;y\n05/03/2026;z\n11/03/2026;z\n",
        "a;n\n03/01/2026;x\n03/02/2026;y\n03/05/2026;z\n03/11/2026;z\n",
        // American numbers.
        "a,n\n01/02/2026,1.5\n02/03/2026,2.5\n03/04/2026,3.5\n",
        // Nothing.
        "a|n\n01/02/2026|x\n02/03/2026|y\n03/04/2026|z\n",
    ]
    .iter()
    .map(|text| {
        let inference = of(text);
        format!("{}\n  {}", types(&inference), inference.columns[0].reason)
    })
    .collect();
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn every_type_that_was_weighed_can_be_taken_as_it_stands() {
    let text = "d;n;t\n01/03/2026;1.234,5;x\n02/03/2026;2,5;y\n05/03/2026;-3.000;y\n";
    let inference = of(text);
    let day = &inference.columns[0].evidence;
    let formats: Vec<_> = day.iter().map(|evidence| evidence.field.format.as_deref()).collect();
    assert_eq!(formats, [Some("dd/MM/yyyy"), Some("MM/dd/yyyy"), None]);
    assert_eq!(inference.columns[1].evidence[0].field.decimal_mark, Some(','));
    for (column, profile) in inference.columns.iter().enumerate() {
        assert_eq!(profile.evidence[0].field, profile.inferred);
        for evidence in &profile.evidence {
            let parser = ValueParser::new(&evidence.field, &inference.format).unwrap();
            let cells = text.lines().skip(1).filter_map(|line| line.split(';').nth(column));
            let parsed = cells.filter(|cell| parser.parse(cell).is_ok()).count() as u64;
            assert_eq!(parsed, evidence.parsed, "{} as {:?}", profile.name, evidence.field);
        }
    }
}

#[test]
fn numbers_in_their_ways() {
    let report: Vec<String> = [
        "n;k\n1.234;a\n2.345;b\n-3.010;c\n",
        "n,k\n1.234,a\n2.345,b\n3.010,c\n",
        "n|k\n\"1,234.50\"|a\n\"(2,345.00)\"|b\n0.10|c\n",
        "n|k\n12.5-|a\n3.0|b\n4.25-|c\n",
        "n|k\n1 234,5|a\n12|b\n1 000 000,25|c\n",
        "n|k\n1e5|a\n2.5E-3|b\n3|c\n",
        "n|k\n300000000|a\n2|b\n3|c\n",
        "n|k\n99999999999999999999|a\n2|b\n3|c\n",
        "n|k\n$5|a\n$6|b\n$7|c\n",
        "n|k\n0.12345678901234567|a\n1|b\n2|c\n",
    ]
    .iter()
    .map(|text| {
        let inference = of(text);
        let field = &inference.contract[0];
        format!(
            "{} decimal {:?} grouping {:?} negative {:?}\n  {}",
            types(&inference),
            field.decimal_mark,
            field.grouping_mark,
            field.negative,
            inference.columns[0].reason
        )
    })
    .collect();
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn identifiers_stay_text() {
    let report: Vec<String> = [
        "Account No,v\n1047,1\n2047,2\n",
        "zip,v\n10115,1\n80331,2\n",
        "code,v\n00012,1\n10013,2\n",
        "trade_id,v\n100001,1\n100002,2\n",
        "row_no,v\n1,1\n20,2\n",
        "cusip,v\n037833100,1\n594918104,2\n",
        "x,v\n594918104,1\n254687106,2\n",
        "big,v\n1234567890123456789012,1\n9,2\n",
        "day,v\n20260301,1\n20260302,2\n",
        "n,v\n20269901,1\n30260302,2\n",
    ]
    .iter()
    .map(|text| {
        let inference = of(text);
        format!("{}\n  {}", types(&inference), inference.columns[0].reason)
    })
    .collect();
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn null_markers_need_the_rest_of_the_column() {
    let text = "country,px,note\nNA,1.5,x\nDE,-,y\nFR,N/A,-\nNA,NA,z\nUS,NA,z\nUS,NA,z\nUS,2.5,N/A\n";
    let inference = of(text);
    let report: Vec<String> = inference
        .columns
        .iter()
        .flat_map(|column| {
            column.null_markers.iter().map(|marker| {
                format!(
                    "{} {:?} × {} accepted {}: {}",
                    column.name, marker.text, marker.count, marker.accepted, marker.reason
                )
            })
        })
        .collect();
    insta::assert_snapshot!(format!(
        "{}\n{:?}\n{}",
        types(&inference),
        inference.format.null_values,
        report.join("\n")
    ));
}

#[test]
fn a_few_dirty_values_do_not_change_the_type() {
    let mut text = "id,day\n".to_owned();
    for row in 0..100 {
        let day = if row % 50 == 7 { "soon".to_owned() } else { format!("2026-03-{:02}", row % 28 + 1) };
        writeln!(text, "{row},{day}").unwrap();
    }
    let inference = of(&text);
    assert_eq!(types(&inference), "id: int, day: date");
    let evidence = &inference.columns[1].evidence[0];
    assert_eq!((evidence.parsed, evidence.failed), (98, 2));
    assert_eq!(evidence.failed_examples[0].record, 8);
    assert_eq!(evidence.failed_examples[0].line, 9);
}

#[test]
fn booleans_are_told_in_other_languages_and_signs_only_with_evidence() {
    let column = |name: &str, values: &[&str]| {
        let rows: Vec<String> =
            (0..values.len() * 20).map(|row| format!("T{row};{}", values[row % values.len()])).collect();
        let inference = of(&format!("ref;{name}\n{}\n", rows.join("\n")));
        inference.columns.into_iter().nth(1).unwrap()
    };
    let told = |name: &str, values: &[&str]| {
        let field = column(name, values).inferred;
        format!("{} {:?} {:?}", field.data_type, field.true_values, field.false_values)
    };
    assert_eq!(told("Girokonto", &["ja", "nein", "Ja"]), r#"boolean ["ja", "Ja"] ["nein"]"#);
    assert_eq!(told("gesperrt", &["N", "J"]), r#"boolean ["J"] ["N"]"#);
    assert_eq!(told("actif", &["oui", "non"]), r#"boolean ["oui"] ["non"]"#);
    assert_eq!(told("activo", &["Sí", "No", "n/a"]), r#"boolean ["Sí"] ["No"]"#);
    assert_eq!(told("attivo", &["si", "no"]), r#"boolean ["si"] ["no"]"#);
    assert_eq!(told("attivo", &["vero", "falso"]), r#"boolean ["vero"] ["falso"]"#);
    // The words that every boolean is read by need no list.
    assert_eq!(told("active", &["yes", "no"]), "boolean [] []");
    assert_eq!(told("is_active", &["1", "0"]), r#"boolean ["1"] ["0"]"#);
    assert_eq!(told("Abgeschlossen", &["ja", "nein", "offen"]), "string [] []");
    assert_eq!(told("antwort", &["ja"]), "string [] []");
    assert_eq!(told("hemisphere", &["N", "S"]), "string [] []");
    assert_eq!(told("children", &["1", "0", "2"]), "int [] []");
    // What may be codes or counts is offered, and not taken.
    let children = column("children", &["1", "0"]);
    assert_eq!(children.inferred.data_type, DataType::Int);
    let offered = children.evidence.iter().find(|one| one.data_type == DataType::Boolean).unwrap();
    assert_eq!((offered.parsed, offered.failed), (40, 0));
    assert!(offered.reason_rejected.as_deref().unwrap().contains("may be counts"));
    // What is proposed reads every value.
    let account = column("Girokonto", &["ja", "nein", "Ja"]);
    assert_eq!((account.evidence[0].parsed, account.evidence[0].failed), (60, 0));
    assert_eq!(account.evidence[0].format.as_deref(), Some("ja, Ja or nein"));
    assert!(account.reason.contains("20 × ja"), "{}", account.reason);
}

#[test]
fn counts_hold_past_the_memory_limit() {
    let mut text = "ref,px,flag\n".to_owned();
    for row in 0..150_000 {
        let px = if row == 149_990 { "n/k".to_owned() } else { format!("{}.{:02}", row, row % 100) };
        writeln!(text, "T{row:07},{px},{}", if row % 3 == 0 { "Y" } else { "N" }).unwrap();
    }
    let inference = of(&text);
    assert_eq!(types(&inference), "ref: string, px: decimal(18,2), flag: boolean");
    let px = &inference.columns[1];
    assert!(!px.distinct_exact);
    assert_eq!((px.evidence[0].parsed, px.evidence[0].failed), (149_999, 1));
    assert_eq!(px.evidence[0].failed_examples[0].record, 149_991);
    assert_eq!(inference.candidate_keys[0].columns, ["ref"]);
    assert_eq!(inference.candidate_keys[0].checked, 150_000);
}

/// Customers with a number that two of them share, and names, mails and amounts that happen to be unique.
fn customers(number: &str) -> String {
    let mut text = format!("name;{number};Ort;Umsatz;Seit\n");
    for row in 0..300 {
        let nr = match row {
            150 => 10_003,
            299 => 10_150,
            row => 10_000 + row,
        };
        let name = char::from(b'a' + u8::try_from(row % 26).unwrap());
        writeln!(
            text,
            "Firma {name}{row} KG;{nr};Ort {};{row},{:02};2020-01-{:02}",
            row % 7,
            row % 90,
            row % 28 + 1
        )
        .unwrap();
    }
    text
}

#[test]
fn the_number_of_a_record_is_its_key_even_where_it_repeats() {
    for number in ["Kunde Nr.", "Kundennummer", "customer_id", "ID", "Código"] {
        let inference = of(&customers(number));
        let key = &inference.candidate_keys[0];
        assert_eq!(
            (key.columns.as_slice(), key.duplicates, key.identifies),
            (&[number.to_owned()][..], 1, true)
        );
        assert!(key.reason.contains("10003 (records 4 and 151)"), "{}", key.reason);
        assert!(inference.candidate_keys[1..].iter().all(|other| !other.identifies));
    }
    // The form of its values speaks for it as well.
    let inference = of(&customers("Vertrag").replace(";10", ";V-10"));
    assert_eq!(inference.candidate_keys[0].columns, ["Vertrag"]);
    assert!(inference.candidate_keys[0].reason.ends_with("its values are of one form, as identifiers are"));
}

#[test]
fn numbers_that_repeat_as_random_ones_do_are_no_key_whatever_their_column_is_called() {
    // The same numbers on every machine.
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = "Nummer,size,remark\n".to_owned();
    for row in 0..400 {
        writeln!(text, "{},{},said {row} things", 1 + next(5_000), next(90)).unwrap();
    }
    let inference = of(&text);
    let number = inference.candidate_keys.iter().find(|key| key.columns == ["Nummer"]);
    assert!(number.is_none_or(|key| !key.identifies), "{:?}", inference.candidate_keys);
    assert!(inference.candidate_keys.iter().all(|key| !key.identifies), "{:?}", inference.candidate_keys);

    // The same numbers, but a record that repeats one is the same record again: a file with corrections.
    let mut rows: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    let mut seen: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for row in &mut rows {
        let number = row.split(',').next().unwrap().to_owned();
        row.clone_from(seen.entry(number).or_insert_with(|| row.clone()));
    }
    let inference = of(&format!("Nummer,size,remark\n{}\n", rows.join("\n")));
    let key = &inference.candidate_keys[0];
    assert!(key.identifies && key.columns == ["Nummer"] && key.duplicates > 8, "{key:?}");
    assert!(key.reason.contains("differ in 0 of 2 other columns"), "{}", key.reason);

    // Numbers that were given out one after the other, with slips.
    let mut text = "Nummer,size,remark\n".to_owned();
    for row in 0..400 {
        let number = if row % 40 == 39 { row - 7 } else { row };
        writeln!(text, "{},{},said {row} things", 10_000 + number, row % 90).unwrap();
    }
    let inference = of(&text);
    let key = &inference.candidate_keys[0];
    assert!(key.identifies && key.columns == ["Nummer"] && key.duplicates == 10, "{key:?}");
    assert!(key.reason.contains("differ in 2 of 2 other columns"), "{}", key.reason);
}

#[test]
fn where_no_column_is_an_identifier_none_is_said_to_be() {
    let mut text = "name,remark,amount,day\n".to_owned();
    for row in 0..200_u32 {
        writeln!(text, "Person {row} x,said {row} things,{},2026-01-{:02}", row * 37, row % 28 + 1).unwrap();
    }
    let inference = of(&text);
    assert!(!inference.candidate_keys.is_empty());
    assert!(inference.candidate_keys.iter().all(|key| !key.identifies), "{:?}", inference.candidate_keys);
}

#[test]
fn a_text_that_often_stands_for_null_and_is_not_read_so_is_told_with_the_type() {
    let mut text = "id,day,remark\n".to_owned();
    for row in 0..80 {
        let day = if row % 40 == 7 { "-".to_owned() } else { format!("2026-01-{:02}", row % 28 + 1) };
        writeln!(text, "{row},{day},{}", if row % 3 == 0 { "-" } else { "paid" }).unwrap();
    }
    let inference = of(&text);
    assert!(inference.format.null_values.is_empty(), "in the remarks it may be a value");
    let day = &inference.columns[1];
    assert_eq!(day.inferred.data_type, DataType::Date);
    assert!(
        day.reason.ends_with("2 × `-`, which often stands for no value, is not read as one"),
        "{}",
        day.reason
    );
    assert!(!day.inferred.required, "it will be null as soon as somebody says so");
    assert!(inference.columns[2].inferred.required);
}

#[test]
fn counts_of_a_column_add_up_to_the_records() {
    let mut text = "id,px\n".to_owned();
    for row in 0..302 {
        let px = if row % 5 == 0 { "-".to_owned() } else { format!("{row}.5") };
        writeln!(text, "{row},{px}").unwrap();
    }
    let inference = of(&text);
    assert_eq!(inference.format.null_values, ["-"]);
    let px = &inference.columns[1];
    let evidence = &px.evidence[0];
    assert_eq!((evidence.parsed, evidence.failed, px.no_values()), (241, 0, 61));
    assert_eq!(evidence.parsed + evidence.failed + px.no_values() + px.empty_texts(), px.records);
}

#[test]
fn trimming_and_quotes_are_explained() {
    let inference = of("id,name\n1,\"  blanks  \"\n2,b\n");
    assert_eq!(inference.trim_reason().unwrap(), "blanks around texts are dropped: 1 field of name has some");
    assert_eq!(inference.quote_reason(), "fields may stand between \"");
    let inference = of("id,name\n1,a\n2,b\n");
    assert_eq!((inference.trim_reason(), inference.format.trim), (None, false));
    assert_eq!(inference.quote_reason(), "fields may stand between \"; none does so far");
    let text = "id,name\n1,\"a\n2,\"b\n3,\"c\n4,\"d\n";
    let inference = of(text);
    assert_eq!(inference.format.quote, None);
    assert!(
        inference.quote_reason().starts_with("a \" is a sign like any other"),
        "{}",
        inference.quote_reason()
    );
}

#[test]
fn a_form_is_named_as_the_data_has_it() {
    let of_mark = |mark: &str| {
        let inference = of(&format!("id,at\n1,2026-01-02{mark}10:20:30\n2,2026-01-03{mark}11:20:30\n"));
        let evidence = &inference.columns[1].evidence[0];
        assert!(inference.columns[1].reason.contains(evidence.format.as_deref().unwrap()));
        evidence.format.clone().unwrap()
    };
    assert_eq!(
        (of_mark(" ").as_str(), of_mark("T").as_str()),
        ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss")
    );
}

#[test]
fn other_encodings_and_line_ends_are_inferred() {
    let utf_16: Vec<u8> =
        "\u{FEFF}id;name\r\n1;Zoë\r\n2;Ł\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let inference = infer(utf_16.as_slice(), &InferOptions::default()).unwrap();
    assert_eq!((inference.format.encoding.as_str(), inference.records), ("utf-16le", 2));
    assert_eq!(types(&inference), "id: int, name: string");
    let inference = of("id,name\r1,a\r2,b\r");
    assert_eq!((inference.records, types(&inference).as_str()), (2, "id: int, name: string"));
    let inference = of("just one column\nof text, and more\nbut nothing regular\n");
    assert_eq!((inference.columns.len(), inference.rejected), (1, 0));
}

#[test]
fn a_sample_is_cut_at_a_line_and_says_so() {
    let mut text = "id,day\n".to_owned();
    for row in 0..1_000 {
        writeln!(text, "{row},2026-03-01").unwrap();
    }
    text += "TOTAL,\n";
    let options = InferOptions { max_bytes: Some(5_000), ..InferOptions::default() };
    let inference = infer(text.as_bytes(), &options).unwrap();
    assert!(!inference.complete);
    assert_eq!(inference.rejected, 0);
    assert!(inference.bytes <= 5_000 && inference.bytes > 4_900, "{}", inference.bytes);
    // The footer is seen all the same.
    assert_eq!(inference.format.footer_rows, 1);
}

#[test]
fn files_that_say_nothing_are_refused() {
    let refused = |bytes: &[u8]| infer(bytes, &InferOptions::default()).unwrap_err().to_string();
    let mut noise: Vec<u8> = (0..=255).cycle().take(4_000).collect();
    noise[0] = 7;
    let report = [
        refused(b""),
        refused(b"\n\n \n"),
        refused(b"PK\x03\x04...."),
        refused(b"%PDF-1.7 ..."),
        refused(&noise),
        refused(&vec![b'x'; 40 << 20]),
        infer(Path::new("no/such/file.csv"), &InferOptions::default()).unwrap_err().to_string(),
        infer(Path::new("/"), &InferOptions::default()).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn the_watcher_can_stop_it() {
    let stop = |_| ControlFlow::Break(());
    let options = InferOptions { progress: &stop, ..InferOptions::default() };
    let error = infer("a,b\n1,2\n".as_bytes(), &options).unwrap_err();
    assert_eq!(error.code(), IngestErrorCode::Cancelled);
}

mod anything {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn is_answered(text in "([a-z0-9./,;\"'| éN\\-\\r]{0,12}[,;\\t|\\n]){0,40}", noise in proptest::collection::vec(any::<u8>(), 0..9)) {
            let bytes = [text.into_bytes(), noise].concat();
            if let Ok(inference) = infer(bytes.as_slice(), &InferOptions::default()) {
                prop_assert_eq!(inference.bytes, bytes.len() as u64);
                assert_readable(&inference);
            }
        }
    }
}
