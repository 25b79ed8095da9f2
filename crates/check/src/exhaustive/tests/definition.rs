//! The check against its definition: for random types of few values and random patterns, what is missing and what is
//! unreachable is what trying all values says.

use super::{check_text, on_lines};

#[derive(Clone, Debug)]
enum Type {
    Bool,
    /// `enum Color { Red, Green, Blue }`
    Color,
    /// `#a | #b | bool`
    Union,
    Option(Box<Type>),
    Pair(Box<Type>, Box<Type>),
    /// `[bool; 2]`
    Array,
}

/// A value as the parts that patterns look at.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    Atom(&'static str),
    Node(&'static str, Vec<Value>),
}

#[derive(Clone, Debug)]
enum Pattern {
    All,
    Atom(&'static str),
    Node(&'static str, Vec<Pattern>),
    /// `[p, ..]` or `[.., p]`
    End(bool, Box<Pattern>),
    Typed(&'static str, &'static [&'static str]),
    Or(Vec<Pattern>),
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn ty(&mut self, depth: u32) -> Type {
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 => Type::Bool,
            1 => Type::Color,
            2 => Type::Union,
            3 => Type::Array,
            4 => Type::Option(Box::new(self.ty(depth - 1))),
            _ => Type::Pair(Box::new(self.ty(depth - 1)), Box::new(self.ty(depth - 1))),
        }
    }

    fn pattern(&mut self, ty: &Type, depth: u32) -> Pattern {
        match self.below(12) {
            0..=2 => return Pattern::All,
            3 if depth > 0 => {
                let count = 2 + self.below(2);
                return Pattern::Or((0..count).map(|_| self.pattern(ty, depth - 1)).collect());
            }
            _ => {}
        }
        match ty {
            Type::Bool => Pattern::Atom(["true", "false"][self.below(2) as usize]),
            Type::Color => Pattern::Atom(["Red", "Green", "Blue"][self.below(3) as usize]),
            Type::Union => match self.below(5) {
                0 => Pattern::Typed("bool", &["true", "false"]),
                1 => Pattern::Typed("(#a | bool)", &["#a", "true", "false"]),
                _ => Pattern::Atom(["#a", "#b", "true", "false"][self.below(4) as usize]),
            },
            Type::Option(_) if self.below(3) == 0 => Pattern::Node("None", Vec::new()),
            Type::Option(inner) => Pattern::Node("Some", vec![self.pattern(inner, depth)]),
            Type::Pair(a, b) => Pattern::Node("", vec![self.pattern(a, depth), self.pattern(b, depth)]),
            Type::Array if self.below(3) == 0 => {
                Pattern::End(self.below(2) == 0, Box::new(self.pattern(&Type::Bool, depth)))
            }
            Type::Array => {
                Pattern::Node("[]", vec![self.pattern(&Type::Bool, depth), self.pattern(&Type::Bool, depth)])
            }
        }
    }
}

impl Type {
    fn text(&self) -> String {
        match self {
            Type::Bool => "bool".to_owned(),
            Type::Color => "Color".to_owned(),
            Type::Union => "(#a | #b | bool)".to_owned(),
            Type::Option(inner) => format!("{}?", inner.text()),
            Type::Pair(a, b) => format!("({}, {})", a.text(), b.text()),
            Type::Array => "[bool; 2]".to_owned(),
        }
    }

    fn values(&self) -> Vec<Value> {
        let atoms = |names: &[&'static str]| names.iter().map(|name| Value::Atom(name)).collect::<Vec<_>>();
        let pairs = |name: &'static str, a: Vec<Value>, b: Vec<Value>| {
            a.iter().flat_map(|x| b.iter().map(move |y| Value::Node(name, vec![x.clone(), y.clone()]))).collect()
        };
        match self {
            Type::Bool => atoms(&["true", "false"]),
            Type::Color => atoms(&["Red", "Green", "Blue"]),
            Type::Union => atoms(&["#a", "#b", "true", "false"]),
            Type::Option(inner) => {
                let some = inner.values().into_iter().map(|value| Value::Node("Some", vec![value]));
                some.chain([Value::Node("None", Vec::new())]).collect()
            }
            Type::Pair(a, b) => pairs("", a.values(), b.values()),
            Type::Array => pairs("[]", Type::Bool.values(), Type::Bool.values()),
        }
    }
}

impl Pattern {
    fn text(&self) -> String {
        let list = |parts: &[Pattern]| parts.iter().map(Pattern::text).collect::<Vec<_>>();
        match self {
            Pattern::All => "_".to_owned(),
            Pattern::Atom(name) => (*name).to_owned(),
            Pattern::Node("None", _) => "None".to_owned(),
            Pattern::Node("[]", parts) => format!("[{}]", list(parts).join(", ")),
            Pattern::Node(name, parts) => format!("{name}({})", list(parts).join(", ")),
            Pattern::End(true, part) => format!("[{}, ..]", part.text()),
            Pattern::End(false, part) => format!("[.., {}]", part.text()),
            Pattern::Typed(ty, _) => format!("x: {ty}"),
            Pattern::Or(parts) => list(parts).join(" | "),
        }
    }

    fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Pattern::All, _) => true,
            (Pattern::Or(parts), _) => parts.iter().any(|part| part.fits(value)),
            (Pattern::Atom(a), Value::Atom(b)) => a == b,
            (Pattern::Typed(_, names), Value::Atom(name)) => names.contains(name),
            (Pattern::Node(a, parts), Value::Node(b, values)) => {
                a == b && parts.iter().zip(values).all(|(part, value)| part.fits(value))
            }
            (Pattern::End(first, part), Value::Node("[]", values)) => {
                part.fits(&values[if *first { 0 } else { values.len() - 1 }])
            }
            _ => false,
        }
    }

    /// Whether an alternative stands directly in another: the text would not show it.
    fn nested(&self) -> bool {
        match self {
            Pattern::Or(parts) => parts.iter().any(|part| matches!(part, Pattern::Or(_)) || part.nested()),
            Pattern::Node(_, parts) => parts.iter().any(Pattern::nested),
            Pattern::End(_, part) => part.nested(),
            _ => false,
        }
    }

    /// A type pattern before `|` would swallow the next alternative.
    fn swallows(&self) -> bool {
        match self {
            Pattern::Or(parts) => parts.iter().any(|part| matches!(part, Pattern::Typed(..)) || part.swallows()),
            Pattern::Node(_, parts) => parts.iter().any(Pattern::swallows),
            Pattern::End(_, part) => part.swallows(),
            _ => false,
        }
    }
}

#[test]
fn missing_and_unreachable_are_what_values_say() {
    let mut random = Random(7);
    let mut covered = 0;
    for round in 0..4_000 {
        let ty = random.ty(2);
        let values = ty.values();
        let count = 1 + random.below(6);
        let mut arms: Vec<(Pattern, bool)> = Vec::new();
        while arms.len() < count as usize {
            let pattern = random.pattern(&ty, 1);
            if !pattern.nested() && !pattern.swallows() {
                arms.push((pattern, random.below(6) == 0));
            }
        }
        let texts: Vec<String> =
            arms.iter().map(|(pattern, guarded)| pattern.text() + if *guarded { " if g" } else { "" }).collect();
        let taken = |value: &Value| arms.iter().any(|(pattern, guarded)| !guarded && pattern.fits(value));
        let exhaustive = values.iter().all(taken);
        let reached = |index: usize| {
            let before = &arms[..index];
            values
                .iter()
                .any(|value| arms[index].0.fits(value) && !before.iter().any(|(p, guarded)| !guarded && p.fits(value)))
        };
        let unreachable = (0..arms.len()).filter(|index| !reached(*index)).count();
        let text = on_lines(&texts);
        let summary = check_text(&["enum Color { Red, Green, Blue }"], &ty.text(), &ty.text(), &text).summary();
        let missing = summary.iter().any(|line| line.starts_with("missing"));
        let found = summary.iter().filter(|line| line.starts_with("unreachable")).count();
        assert_eq!((!missing, found), (exhaustive, unreachable), "round {round}: {}\n{text}{summary:#?}", ty.text());
        covered += usize::from(exhaustive);
    }
    assert!(covered > 200, "{covered} exhaustive matches");
}
