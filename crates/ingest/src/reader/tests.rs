//! Nothing is lost: what is read, rejected and set aside, down to the byte.

use proptest::prelude::*;

use super::*;

fn semicolons() -> CsvFormat {
    CsvFormat { delimiter: ';', ..CsvFormat::default() }
}

/// Every record as one line: `3 line 4 byte 20: a|NULL|"quoted empty"`, rejects with their reasons, in order.
fn read(bytes: &[u8], format: &CsvFormat) -> String {
    let mut reader = match CsvReader::from_bytes(bytes, "test.csv", format) {
        Ok(reader) => reader,
        Err(error) => return format!("error {:?}: {error}", error.code()),
    };
    let mut lines = vec![format!("columns {}", reader.columns().join("|"))];
    lines.extend(reader.preamble().iter().map(|line| format!("preamble {} {:?}", line.line, line.text)));
    lines.extend(reader.notes().iter().map(|note| format!("note {}", note.message)));
    while let Some(batch) = reader.next_batch(2).unwrap() {
        let mut records: Vec<(u64, String)> = Vec::new();
        for row in 0..batch.rows() {
            let texts: Vec<String> = batch
                .columns
                .iter()
                .map(|column| column.get(row).map_or("NULL".to_owned(), |text| format!("{text:?}")))
                .collect();
            let number = batch.record_numbers[row];
            records.push((
                number,
                format!(
                    "{number} line {} byte {}: {}",
                    batch.lines[row],
                    batch.byte_offsets[row],
                    texts.join("|")
                ),
            ));
        }
        for reject in &batch.rejects {
            records.push((
                reject.record,
                format!(
                    "{} line {} byte {} length {}: {} {:?}: {}",
                    reject.record,
                    reject.line,
                    reject.byte,
                    reject.length,
                    reject.reason.code.as_str(),
                    reject.raw,
                    reject.reason.message
                ),
            ));
        }
        records.sort();
        lines.extend(records.into_iter().map(|(_, line)| line));
    }
    let totals = reader.finish();
    assert!(totals.complete);
    assert_eq!(totals.byte_totals.sum(), bytes.len() as u64);
    assert_eq!(totals.bytes, bytes.len() as u64);
    assert_eq!(totals.records_read, totals.loaded + totals.rejected);
    lines.extend(
        totals
            .footer
            .iter()
            .map(|footer| format!("footer {} line {} {:?}", footer.record, footer.line, footer.text)),
    );
    lines.push(format!(
        "{} read, {} loaded, {} rejected, {} lines, {} blank",
        totals.records_read, totals.loaded, totals.rejected, totals.lines, totals.blank_lines
    ));
    lines.join("\n")
}

#[test]
fn dirty_records_end_in_their_places() {
    let text = "a;b;c\r\n1;\"two \"\"2\"\"\";\r\n\"\";x\"y;\"line\r\nbreak\"\r\n\r\nshort;row\r\n\
                1;2;3;4\r\n1;\"oops\";3\r\n1;2;\"never closed\r\n4;5;6\r\n7;\"8\"x;9\r\n7;\"8\" ;9\r\nTOTAL;1\r\n";
    let format = CsvFormat { footer_rows: 1, ..semicolons() };
    insta::assert_snapshot!(read(text.as_bytes(), &format));
}

#[test]
fn an_unclosed_quote_costs_one_line() {
    // The next quote is the opening one of a later record; in the second file it closes at the wrong place; in
    // the third there is none.
    let cut = read(b"a;b\n1;\"open\n2;x\n3;\"y\"\n4;z\n", &semicolons());
    let shifted = read(b"a;b\n1;\"open\n2;x\n3;\"\n4;z\n", &semicolons());
    let endless = read(b"a;b\n1;\"open\n2;x\n3;y\n4;z\n", &semicolons());
    insta::assert_snapshot!(format!("{cut}\n\n{shifted}\n\n{endless}"));
}

#[test]
fn a_long_file_after_an_unclosed_quote_is_read_on() {
    let mut text = b"a;b\n1;\"open\n".to_vec();
    for row in 0..300_000 {
        text.extend(format!("{row};value\n").bytes());
    }
    let mut reader = CsvReader::from_bytes(text, "long.csv", &semicolons()).unwrap();
    let mut rejects = Vec::new();
    while let Some(batch) = reader.next_batch(50_000).unwrap() {
        rejects.extend(batch.rejects);
    }
    assert_eq!(rejects.len(), 1);
    assert_eq!(reader.finish().loaded, 300_000);
}

#[test]
fn encodings_keep_offsets() {
    let windows = CsvFormat { encoding: "windows-1252".to_owned(), ..semicolons() };
    let wide = CsvFormat { encoding: "utf-16le".to_owned(), ..semicolons() };
    let japanese = CsvFormat { encoding: "shift_jis".to_owned(), ..semicolons() };
    let greek = CsvFormat { encoding: "windows-1253".to_owned(), ..semicolons() };
    let mut utf_16: Vec<u8> =
        "\u{FEFF}a;b\r\né;\u{1F600}\r\n\"x\r\ny\";2\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    utf_16.extend([0x31, 0, 0x3B, 0, 0x00, 0xD8, 0x0A, 0, 0x33, 0, 0x3B, 0, 0x34, 0]);
    let report = [
        read("\u{FEFF}a;b\né;ü\n".as_bytes(), &semicolons()),
        read(b"a;b\nFran\xE7ois;\x80 5\n", &windows),
        read(b"a;b\nok;1\nFran\xE7ois;2\nok;3\n", &semicolons()),
        read(&utf_16, &wide),
        read(b"a;b\n\x83\x5C;2\n", &japanese),
        read(b"a;b\n\xE1;\xD2\n", &greek),
    ]
    .join("\n\n");
    insta::assert_snapshot!(report);
}

#[test]
fn line_ends_of_all_kinds() {
    let report = [
        read(b"a,b\r1,2\r\"x\ry\",3\r", &CsvFormat::default()),
        read(b"a,b\n1,2\r3\n\n  \n4,5", &CsvFormat::default()),
        read(b"a\n1\n\n \n", &CsvFormat::default()),
    ]
    .join("\n\n");
    insta::assert_snapshot!(report);
}

#[test]
fn headers_of_all_kinds() {
    let bare = CsvFormat { header_row: 0, ..semicolons() };
    let third = CsvFormat { header_row: 3, ..semicolons() };
    let report = [
        read(b" id ;;id;id_2;id\n1;2;3;4;5\n", &semicolons()),
        read(b"1;2\n3;4\n5\n", &bare),
        read(b"Report\n\nid;name\n1;x\n", &third),
        read(b"Report\n", &third),
        read(b"Report\nx\n\n1;2\n", &third),
    ]
    .join("\n\n");
    insta::assert_snapshot!(report);
}

#[test]
fn escapes_and_no_quotes() {
    let escaped = CsvFormat { escape: Some('\\'), ..semicolons() };
    let bare = CsvFormat { quote: None, ..semicolons() };
    let report = [
        read(b"a;b\n\"x \\\"y\\\" \\\\\";\"c\\d\"\n\"\"\"z\";1\n", &escaped),
        read(b"a;b\n\"x;y\"\n", &bare),
    ]
    .join("\n\n");
    insta::assert_snapshot!(report);
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let plain = CsvFormat::default();
    let with = |change: fn(&mut CsvFormat)| {
        let mut format = CsvFormat::default();
        change(&mut format);
        format
    };
    let report = [
        read(b"", &plain),
        read("\u{FEFF}".as_bytes(), &plain),
        read(b"PK\x03\x04rest", &plain),
        read(&[0, 1, 2, 3, 0, 0, 0, 9, 8, 7], &plain),
        read(b"a\0,\0b\0\n\0", &plain),
        read("\u{FEFF}a,b\n".as_bytes(), &with(|format| "windows-1252".clone_into(&mut format.encoding))),
        read(b"a\n", &with(|format| "klingon".clone_into(&mut format.encoding))),
        read(b"a\n", &with(|format| "iso-2022-jp".clone_into(&mut format.encoding))),
        read(b"a\n", &with(|format| (format.delimiter, format.encoding) = ('|', "gbk".to_owned()))),
        read(b"a\n", &with(|format| format.delimiter = 'é')),
        read(b"a\n", &with(|format| format.quote = Some(','))),
        read(b"\"a\n", &plain),
        read(b"\n\n", &with(|format| format.header_row = 0)),
        read(b"x\n", &with(|format| format.footer_rows = 1_000_000)),
    ]
    .join("\n");
    insta::assert_snapshot!(report);
}

#[test]
fn paths_that_cannot_be_read_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = CsvReader::open(folder.path(), &CsvFormat::default()).unwrap_err();
    assert!(error.to_string().contains("a folder, not a file"), "{error}");
    let error = CsvReader::open(&folder.path().join("none.csv"), &CsvFormat::default()).unwrap_err();
    assert!(error.to_string().contains("no such file"), "{error}");
    assert_eq!(error.code(), IngestErrorCode::Io);
}

/// A stream of one byte, over and over, behind a beginning: no memory is spent on the test's own file.
fn endless_line(beginning: &'static [u8], length: u64, end: &'static [u8]) -> Box<dyn Read + Send> {
    Box::new(beginning.chain(std::io::repeat(b'x').take(length)).chain(end))
}

#[test]
fn a_line_of_200_megabytes_is_refused_or_rejected() {
    let length = 200_000_000;
    let open = |beginning, end| {
        let limits = ReadLimits::default();
        let reader = endless_line(beginning, length, end);
        CsvReader::from_reader(reader, "huge.csv", None, &CsvFormat::default(), limits)
    };
    let error = open(b"", b"").unwrap_err();
    assert_eq!(error.code(), IngestErrorCode::HeaderTooLong);

    let mut reader = open(b"a,b\n1,2\n", b"\r\n3,4\n").unwrap();
    let before = reader.next_batch(10).unwrap().unwrap();
    // Handed out early: the batch has met more bytes than it may.
    let after = reader.next_batch(10).unwrap().unwrap();
    assert_eq!((before.record_numbers, after.record_numbers), (vec![1], vec![3]));
    assert_eq!((before.byte_offsets, after.byte_offsets), (vec![4], vec![length + 10]));
    let reject = &before.rejects[0];
    assert_eq!((reject.reason.code, reject.length, reject.raw_cut), (RejectCode::TooLong, length + 2, true));
    assert!(reject.raw.len() <= 64 << 10);
    assert!(reader.input.window().len() < 40 << 20);
}

#[test]
fn a_stray_nul_rejects_its_record_only() {
    let mut text = b"a,b\n1,2\n".to_vec();
    text.extend(b"good line,of text\n".repeat(20));
    text.extend(b"x\0y,2\n3,4\n");
    let report = read(&text, &CsvFormat::default());
    assert!(report.contains("nul_byte"), "{report}");
    assert!(report.ends_with("23 read, 22 loaded, 1 rejected, 24 lines, 0 blank"), "{report}");
}

fn any_format() -> impl Strategy<Value = CsvFormat> {
    (
        proptest::sample::select(vec![',', ';', '\t', '|', ' ']),
        proptest::sample::select(vec![Some('"'), Some('\''), None]),
        proptest::sample::select(vec![None, Some('\\')]),
        proptest::sample::select(vec![
            "utf-8",
            "windows-1252",
            "utf-16le",
            "utf-16be",
            "iso-8859-7",
            "euc-jp",
        ]),
        0_u64..4,
        0_u64..4,
    )
        .prop_map(|(delimiter, quote, escape, encoding, header_row, footer_rows)| CsvFormat {
            delimiter,
            quote,
            escape,
            encoding: encoding.to_owned(),
            header_row,
            footer_rows,
            ..CsvFormat::default()
        })
}

/// Bytes thick with the characters that matter.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            ",", ";", "\t", "|", "\"", "\"\"", "'", "\\", "\n", "\r\n", "\r", " ", "a", "12", "é", "\u{1F600}",
            "\n\n", "\",\"", "x;y\n", "1;2\n", "\u{FEFF}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(1_u8.., 1..3),
    ];
    proptest::collection::vec(piece, 1..60).prop_map(|pieces| pieces.concat())
}

/// What tiles a file: where each part begins and how long it is; loaded records' lengths aren't given, so they
/// run to the next known part.
fn assert_tiled(mut reader: CsvReader, bytes: &[u8], batch_size: usize) {
    let mut parts: Vec<(u64, Option<u64>)> =
        reader.preamble().iter().map(|line| (line.byte, Some(line.length))).collect();
    let mut numbers = Vec::new();
    while let Some(batch) = reader.next_batch(batch_size).unwrap() {
        assert!(batch.rows() + batch.rejects.len() <= batch_size);
        for column in &batch.columns {
            assert_eq!(column.len(), batch.rows());
        }
        parts.extend(batch.byte_offsets.iter().map(|byte| (*byte, None)));
        numbers.extend(&batch.record_numbers);
        for reject in &batch.rejects {
            parts.push((reject.byte, Some(reject.length)));
            numbers.push(reject.record);
            if !reject.raw_cut && reader.encoding.label() == "utf-8" {
                let start = usize::try_from(reject.byte).unwrap();
                let raw = reject.raw_bytes.clone().unwrap_or(reject.raw.clone().into_bytes());
                assert!(bytes[start..].starts_with(&raw));
            }
        }
    }
    let totals = reader.finish();
    parts.extend(totals.footer.iter().map(|footer| (footer.byte, Some(footer.length))));
    numbers.extend(totals.footer.iter().map(|footer| footer.record));
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "each record once, in one place");
    assert_eq!(totals.byte_totals.sum(), bytes.len() as u64, "{totals:?}");
    assert_eq!(totals.records_read, totals.loaded + totals.rejected);
    parts.sort_unstable();
    for pair in parts.windows(2) {
        if let [(start, Some(length)), (next, _)] = pair {
            assert!(start + length <= *next, "parts overlap: {pair:?}");
        }
        assert!(pair[0].0 < pair[1].0, "two parts begin at one byte: {pair:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(bytes in any_bytes(), format in any_format(), batch_size in 1_usize..5, small: bool) {
        let limits = if small { ReadLimits { record: 12, raw: 5 } } else { ReadLimits::default() };
        let stream = Box::new(Cursor::new(bytes.clone()));
        if let Ok(reader) = CsvReader::from_reader(stream, "any.csv", None, &format, limits) {
            assert_tiled(reader, &bytes, batch_size);
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        rows in proptest::collection::vec(
            proptest::collection::vec(proptest::option::of("[a-z,;\"'\\r\\n é\u{1F600}\u{A0}]{0,8}"), 3),
            1..20,
        ),
        delimiter in proptest::sample::select(vec![',', ';', '\t', '|']),
        line_end in proptest::sample::select(vec!["\n", "\r\n"]),
        wide: bool,
    ) {
        let mut text = ["x", "y", "z"].join(&delimiter.to_string()) + line_end;
        for row in &rows {
            let fields: Vec<String> = row
                .iter()
                .map(|field| field.as_ref().map_or(String::new(), |field| format!("\"{}\"", field.replace('"', "\"\""))))
                .collect();
            text += &(fields.join(&delimiter.to_string()) + line_end);
        }
        let encoding = if wide { "utf-16be" } else { "utf-8" };
        let format = CsvFormat { delimiter, encoding: encoding.to_owned(), ..CsvFormat::default() };
        let bytes = if wide {
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        } else {
            text.into_bytes()
        };
        let mut reader = CsvReader::from_bytes(bytes, "written.csv", &format).unwrap();
        let mut read: Vec<Vec<Option<String>>> = Vec::new();
        while let Some(batch) = reader.next_batch(7).unwrap() {
            prop_assert_eq!(&batch.rejects, &[]);
            for row in 0..batch.rows() {
                read.push(batch.columns.iter().map(|column| column.get(row).map(str::to_owned)).collect());
            }
        }
        prop_assert_eq!(read, rows);
    }
}
