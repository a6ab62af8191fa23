//! How long a large workspace takes: 100 pipelines of 5 silver and 5 gold tables with 10 fields each.
//!
//! `cargo run --release -p touchstone-compiler --example compile_time`

use std::{fmt::Write, hint::black_box, time::Instant};

use touchstone_compiler::{
    Compilation, ExpressionScope, GoldScope, ImpactChange, Lineage, LineageColumn, LineageNode,
    LineageTarget, check_expression, check_gold, compile, complete_expression, complete_gold, highlight_yaml,
    impact, recompile, recompile_part,
};
use touchstone_spec::{Document, Layer, TableName};

const PIPELINES: usize = 100;
const TABLES: usize = 5;
const FIELDS: usize = 10;
const ROUNDS: usize = 15;

fn main() {
    let texts: Vec<String> = (0..PIPELINES).map(|number| pipeline(number).unwrap_or_default()).collect();
    let read = || -> Vec<Document> {
        texts
            .iter()
            .enumerate()
            .map(|(number, text)| Document::read(format!("pipelines/p{number}.yaml"), text.as_str()))
            .collect()
    };
    let documents = read();
    let compilation = compile(&documents);
    println!(
        "{PIPELINES} pipelines, {} tables, {} column edges, {} diagnostics, {} kB of YAML",
        compilation.tables.iter().count(),
        compilation.lineage.column_edges.len(),
        compilation.diagnostics.0.len(),
        texts.iter().map(String::len).sum::<usize>() / 1024
    );
    for diagnostic in compilation.diagnostics.0.iter().take(3) {
        println!("{diagnostic}");
    }
    measure("read all documents", || read().len());
    measure("read one document", || {
        Document::read("p.yaml", texts.first().map_or("", String::as_str)).diagnostics.0.len()
    });
    measure("compile the workspace", || compile(&documents).pipelines.len());
    for count in [1, 2, 5, 10, 20] {
        measure(&format!("compile it in parts of {count}"), || {
            let mut kept = Compilation::default();
            let mut parts = 0;
            while parts == 0 || !kept.waiting.is_empty() {
                kept = recompile_part(kept, &documents, &["p50"], count);
                parts += 1;
            }
            parts
        });
    }
    let mut edited = documents.clone();
    let middle = texts.get(PIPELINES / 2).map_or("", String::as_str);
    let mut kept = Some(compilation.clone());
    let mut round = 0;
    measure("recompile after an edit", || {
        round += 1;
        let text =
            middle.replace("f0: { from: Col 0 }", &format!("f0: {{ expr: \"\\\"Col 0\\\" + {round}\" }}"));
        if let Some(document) = edited.get_mut(PIPELINES / 2) {
            *document = Document::read(document.file.clone(), text);
        }
        let anew = recompile(kept.take().unwrap_or_default(), &edited);
        let made = anew.pipelines.len();
        kept = Some(anew);
        made
    });
    measure("clone a compilation", || compilation.clone().pipelines.len());
    let target = LineageTarget::Column(LineageColumn {
        node: LineageNode::Table { name: TableName::new("p50", Layer::Silver, "t0") },
        column: "f1".to_owned(),
    });
    measure("impact of a drop", || {
        impact(&documents, &compilation, &target, &ImpactChange::Drop).columns.len()
    });
    measure("draw the lineage", || Lineage::of(compilation.pipelines.values()).column_edges.len());
    let Some(pipeline) = documents.get(PIPELINES / 2).and_then(|document| document.pipeline.as_ref()) else {
        return;
    };
    let Some(scope) = ExpressionScope::of_field(pipeline, "t4", "f9", &compilation.tables) else { return };
    let expression = "if(side = 'SELL', -1, 1) * f2 * lookup('silver.t0', id, 'f1')";
    measure("scope of one field", || {
        ExpressionScope::of_field(pipeline, "t4", "f9", &compilation.tables)
            .map_or(0, |scope| scope.fields.len())
    });
    measure("check one expression", || check_expression(expression, &scope).columns.len());
    measure("complete one expression", || complete_expression("if(side = 'SELL', f", 19, &scope).items.len());
    measure("complete a lookup's table", || complete_expression("lookup('t", 9, &scope).items.len());
    let scope =
        GoldScope { pipeline: pipeline.pipeline.clone(), table: None, tables: compilation.tables.clone() };
    let sql =
        "select side, sum(f2) as total from silver.t0 t join p1.t1 s on t.id = s.id where f group by side";
    measure("check one query", || check_gold(sql, &scope).columns.len());
    measure("complete one query", || complete_gold(sql, 83, &scope).items.len());
    measure("colour one document", || highlight_yaml(texts.first().map_or("", String::as_str)).len());
}

/// The middle of several rounds.
fn measure<T>(what: &str, mut run: impl FnMut() -> T) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let middle = times.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("{what:<28} {middle:>9.3} ms");
}

fn pipeline(number: usize) -> Result<String, std::fmt::Error> {
    let mut text = format!(
        "pipeline: p{number}\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{}} }}\n    contract:\n"
    );
    text.push_str(
        "      - { name: Trade ID, type: string, required: true }\n      - { name: Side, type: string }\n",
    );
    for field in 0..FIELDS {
        writeln!(text, "      - {{ name: Col {field}, type: \"decimal(18,4)\" }}")?;
    }
    text.push_str("silver:\n");
    for table in 0..TABLES {
        writeln!(text, "  t{table}:\n    from: s\n    key: [id]\n    fields:")?;
        text.push_str(
            "      id: { from: Trade ID, required: true }\n      side: { expr: upper(trim(Side)) }\n",
        );
        for field in 0..FIELDS - 2 {
            match field {
                0 => writeln!(text, "      f0: {{ from: Col 0 }}")?,
                3 if table > 0 => {
                    writeln!(text, "      f3: {{ expr: \"lookup('silver.t{}', id, 'f1')\" }}", table - 1)?;
                }
                _ => writeln!(
                    text,
                    "      f{field}: {{ type: \"decimal(18,4)\", expr: \"if(side = 'SELL', -1, 1) * coalesce(\\\"Col {field}\\\", 0) * f{}\" }}",
                    field - 1
                )?,
            }
        }
        text.push_str("    rules: |\n      Rules = [ IsComplete \"id\", ColumnValues \"side\" in [\"BUY\", \"SELL\"], RowCount > 0 ]\n");
    }
    text.push_str("gold:\n");
    let other = number.saturating_sub(1);
    for table in 0..TABLES {
        let fields: Vec<String> =
            (0..FIELDS - 2).map(|field| format!("sum(t.f{field}) as f{field}")).collect();
        writeln!(
            text,
            "  g{table}:\n    sql: >-\n      select t.side, o.side as other, {} from silver.t{table} t join p{other}.t{table} o on t.id = o.id where t.f0 > 0 group by t.side, o.side",
            fields.join(", ")
        )?;
    }
    Ok(text)
}
