//! Values as contract fields read them, and what people are told when they can't.

use super::*;

fn field(data_type: &str) -> ContractField {
    ContractField::new("Px", data_type.parse().unwrap())
}

fn dated(data_type: &str, format: &str) -> ContractField {
    ContractField { format: Some(format.to_owned()), ..field(data_type) }
}

fn parse<'text>(field: &ContractField, text: &'text str) -> Result<Value<'text>, String> {
    let parser = ValueParser::new(field, &CsvFormat::default()).unwrap();
    parser.parse(text).map_err(|error| error.to_string())
}

#[test]
fn each_type_reads_its_values() {
    let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
    for (data_type, written, expected) in [
        ("boolean", "Yes", Value::Boolean(true)),
        ("boolean", "0", Value::Boolean(false)),
        ("int", "-2147483648", Value::Int(i32::MIN)),
        ("long", "9223372036854775807", Value::Long(i64::MAX)),
        ("float", "0.1", Value::Float(0.1)),
        ("double", "1e3", Value::Double(1000.0)),
        ("decimal(5,2)", "123.4", Value::Decimal { unscaled: 12_340, scale: 2 }),
        ("date", "2026-03-01", Value::Date(20_513)),
        ("time", "10:20:30.5", Value::Time(37_230_500_000)),
        ("timestamp", "1970-01-02 00:00", Value::Timestamp(86_400_000_000)),
        ("timestamp", "1970-01-02T00:00:00.000001", Value::Timestamp(86_400_000_001)),
        ("timestamptz", "1970-01-01T02:00:00+02:00", Value::Timestamptz(0)),
        ("timestamptz", "1970-01-01 00:00Z", Value::Timestamptz(0)),
        ("string", " a ", text(" a ")),
        ("string", "", text("")),
        ("int", "", Value::Null),
        ("binary", "é", Value::Binary(vec![0xC3, 0xA9])),
        (
            "uuid",
            "00010203-0405-0607-0809-0A0b0c0d0e0f",
            Value::Uuid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
        ),
    ] {
        assert_eq!(parse(&field(data_type), written), Ok(expected), "{data_type} {written}");
    }
}

#[test]
fn errors_are_worded_for_people() {
    let european =
        ContractField { decimal_mark: Some(','), grouping_mark: Some('.'), ..field("decimal(18,2)") };
    let messages: Vec<String> = [
        (dated("date", "dd/MM/yyyy"), "31/02/2026"),
        (dated("date", "dd/MM/yyyy"), "about noon"),
        (field("date"), "2026-13-01"),
        (field("int"), "3000000000"),
        (field("int"), "12.0"),
        (field("long"), " 12"),
        (field("decimal(18,2)"), "0.005"),
        (field("decimal(4,2)"), "1234"),
        (field("decimal(18,2)"), "$12"),
        (european.clone(), "about 500"),
        (european, "1.23,00"),
        (field("boolean"), "maybe"),
        (field("uuid"), "0001"),
        (field("timestamptz"), "2026-03-01 10:00"),
        (field("timestamp"), "2026-03-01 25:00"),
        (field("double"), "1e400"),
    ]
    .iter()
    .map(|(field, text)| parse(field, text).unwrap_err())
    .collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_bad_field_is_refused_with_its_name() {
    let both = ContractField { decimal_mark: Some(','), grouping_mark: Some(','), ..field("decimal(18,2)") };
    let letter = ContractField { decimal_mark: Some('x'), ..field("double") };
    let messages: Vec<String> = [
        dated("date", "DD.MM.YYYY"),
        dated("date", "dd/MM/yyyy HH:mm"),
        dated("date", "MM/yyyy"),
        dated("time", "yyyy"),
        dated("timestamptz", "yyyy-MM-dd HH:mm"),
        dated("timestamp", "yyyy-MM-dd HH:mmX"),
        dated("timestamp", "yyyy-MM-dd hh:mm"),
        field("list<int>"),
        both,
        letter,
    ]
    .iter()
    .map(|field| ValueParser::new(field, &CsvFormat::default()).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn null_texts_and_blanks_follow_the_format() {
    let format =
        CsvFormat { null_values: vec!["N/A".to_owned(), "-".to_owned()], trim: true, ..CsvFormat::default() };
    let number = ValueParser::new(&field("int"), &format).unwrap();
    let text = ValueParser::new(&field("string"), &format).unwrap();
    for null in ["N/A", " N/A ", "-", "  "] {
        assert_eq!(number.parse(null), Ok(Value::Null), "{null:?}");
        assert_eq!(text.parse(null), Ok(Value::Null), "{null:?}");
        assert!(number.is_null(null) && number.accepts(null));
    }
    assert_eq!(number.parse(" 12\t"), Ok(Value::Int(12)));
    assert_eq!(text.parse(" a b "), Ok(Value::Text(Cow::Borrowed("a b"))));
    assert_eq!(text.parse(""), Ok(Value::Text(Cow::Borrowed(""))));
    assert!(!number.accepts("x"));
}

#[test]
fn given_words_replace_the_default_ones_of_their_side() {
    let given = ContractField {
        true_values: vec!["0".to_owned()],
        false_values: vec!["N".to_owned()],
        ..field("boolean")
    };
    let parser = ValueParser::new(&given, &CsvFormat::default()).unwrap();
    assert_eq!(parser.parse("0"), Ok(Value::Boolean(true)));
    assert_eq!(parser.parse("N"), Ok(Value::Boolean(false)));
    assert!(parser.parse("n").is_err());
    assert!(parser.parse("Y").is_err());
}
