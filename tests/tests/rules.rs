//! Plans as text: for every rule, where it pushes and where it must not. The cases stand in `cases/rules/RULE.toml`.

use std::collections::BTreeSet;

use makeready::Optimizations;
use makeready_tests::path;
use makeready_tests::rule::{self, RuleCase};

/// The number of cases, so that a lost file is noticed.
const CASES: usize = 146;

/// The number of sentences in docs/pushdown.md that forbid a rule.
const PROMISES: usize = 30;

#[test]
fn every_rule_pushes_where_it_may_and_nowhere_else() {
    let mut wrong = Vec::new();
    let mut check = |rule: &str, case: &RuleCase, does: bool| {
        let found = case.found(rule).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        if found != case.plan {
            wrong.push(format!("{rule}: {}: expected\n{}found\n{found}", case.name, case.plan));
        }
        if found.contains(&format!("{rule} x")) != does {
            wrong.push(format!("{rule}: {}: applied is {}", case.name, !does));
        }
    };
    let mut checked = 0;
    for cases in rule::all() {
        cases.does.iter().for_each(|case| check(&cases.rule, case, true));
        cases.must_not.iter().for_each(|case| check(&cases.rule, case, false));
        checked += cases.does.len() + cases.must_not.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checked, CASES);
}

#[test]
fn of_each_rule_as_many_cases_say_where_it_must_not() {
    let all = rule::all();
    let about: BTreeSet<&str> = all.iter().map(|cases| cases.rule.as_str()).collect();
    assert_eq!(about, Optimizations::names().into_iter().collect());
    for cases in &all {
        let (does, must_not) = (cases.does.len(), cases.must_not.len());
        let rule = &cases.rule;
        assert!(does > 0 && must_not >= does, "{rule}: does in {does}, must not in {must_not}");
    }
}

#[test]
fn what_a_rule_must_not_has_a_plan() {
    let text = std::fs::read_to_string(path("../docs/pushdown.md")).expect("docs/pushdown.md");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut promises = BTreeSet::new();
    for cases in rule::all() {
        assert!(cases.does.iter().all(|case| case.promise.is_none()), "{}", cases.rule);
        for case in cases.must_not {
            let Some(promise) = case.promise else { continue };
            assert!(words.contains(&promise), "docs/pushdown.md does not say: {promise}");
            promises.insert((cases.rule.clone(), promise));
        }
    }
    assert_eq!(promises.len(), PROMISES);
    // Rows of the table: a rule, its promise, what it does, what it must not.
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.map(cells).filter(|cells| cells.len() == 6).collect();
    assert_eq!(rows.len(), Optimizations::names().len());
    for row in rows.iter().filter(|row| !row[4].is_empty()) {
        let rule = row[1].trim_matches('`');
        assert!(promises.iter().any(|(about, _)| about == rule), "{rule}: {}", row[4]);
    }
}
