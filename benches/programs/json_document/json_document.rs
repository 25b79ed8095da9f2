//! JSON: a generated document is parsed, walked and printed again, several times over. The standard library has no
//! JSON, so the parser and the printer are part of the program; objects are ordered maps.

use std::collections::BTreeMap;
use std::fmt::Write;

const ITEMS: i64 = 3_000;
const ROUNDS: usize = 10;
const COLOURS: [&str; 4] = ["red", "green", "blue", "black"];

enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, wanted: &str) -> Result<T, String> {
        Err(format!("JSON: {wanted} expected at {}", self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, String> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("a value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self) -> Result<Json, String> {
        self.skip_space();
        match self.peek() {
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fail("a value"),
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        while let Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        if let Ok(int) = digits.parse() {
            return Ok(Json::Int(int));
        }
        digits.parse().map(Json::Float).or_else(|_| self.fail("a number"))
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.eat(b'"') {
            return self.fail("a string");
        }
        let mut result = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\')) {
                self.at += 1;
            }
            result += &self.text[start..self.at];
            if self.peek() == Some(b'"') {
                self.at += 1;
                return Ok(result);
            }
            self.at += 1;
            result.push(match self.peek() {
                Some(b'n') => '\n',
                Some(b't') => '\t',
                Some(b'r') => '\r',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(byte @ (b'"' | b'\\' | b'/')) => byte as char,
                _ => return self.fail("an escape"),
            });
            self.at += 1;
        }
    }

    fn array(&mut self) -> Result<Json, String> {
        self.at += 1;
        let mut result = Vec::new();
        if self.eat(b']') {
            return Ok(Json::Array(result));
        }
        loop {
            result.push(self.value()?);
            if self.eat(b']') {
                return Ok(Json::Array(result));
            }
            if !self.eat(b',') {
                return self.fail("',' or ']'");
            }
        }
    }

    fn object(&mut self) -> Result<Json, String> {
        self.at += 1;
        let mut result = BTreeMap::new();
        if self.eat(b'}') {
            return Ok(Json::Object(result));
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            if !self.eat(b':') {
                return self.fail("':'");
            }
            result.insert(key, self.value()?);
            if self.eat(b'}') {
                return Ok(Json::Object(result));
            }
            if !self.eat(b',') {
                return self.fail("',' or '}'");
            }
        }
    }
}

fn parse(text: &str) -> Result<Json, String> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value()?;
    parser.skip_space();
    if parser.at < text.len() { parser.fail("the end") } else { Ok(value) }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\t' => "\\t",
            b'\r' => "\\r",
            8 => "\\b",
            12 => "\\f",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(escape);
        done = at + 1;
    }
    out.push_str(&text[done..]);
    out.push('"');
}

fn write(value: &Json, out: &mut String) -> std::fmt::Result {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Int(value) => write!(out, "{value}")?,
        Json::Float(value) => write!(out, "{value}")?,
        Json::Text(value) => write_string(value, out),
        Json::Array(elements) => {
            out.push('[');
            for (i, element) in elements.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(element, out)?;
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (i, (key, member)) in members.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

struct Lcg {
    state: i64,
}

impl Lcg {
    fn draw(&mut self, limit: i64) -> i64 {
        self.state = self.state * 48271 % 2147483647;
        self.state % limit
    }
}

fn make_item(lcg: &mut Lcg, id: i64) -> String {
    let price = format!("{}.{}", lcg.draw(1000), 25 + 50 * lcg.draw(2));
    let active = lcg.draw(2) == 0;
    let first = COLOURS[lcg.draw(4) as usize];
    let second = COLOURS[lcg.draw(4) as usize];
    let parent =
        if id % 3 == 0 { "null".to_string() } else { format!(r#"{{"id":{},"depth":{}}}"#, id / 3, lcg.draw(9)) };
    format!(
        "{{\"id\":{id},\"name\":\"item \\\"{id}\\\"\",\"price\":{price},\"active\":{active},\
         \"tags\":[\"{first}\",\"{second}\"],\"parent\":{parent},\"note\":\"line {id}\\nend\\\\\"}}"
    )
}

fn make_document(lcg: &mut Lcg) -> String {
    let items: Vec<String> = (0..ITEMS).map(|id| make_item(lcg, id)).collect();
    format!(r#"{{"version":3,"title":"catalogue","items":[{}]}}"#, items.join(","))
}

fn walk(document: &Json) -> i64 {
    let mut total = 0;
    let Json::Object(document) = document else { return total };
    let Some(Json::Array(items)) = document.get("items") else { return total };
    for item in items {
        let Json::Object(item) = item else { continue };
        if let (Some(Json::Bool(true)), Some(Json::Int(id))) = (item.get("active"), item.get("id")) {
            total += id;
        }
        if let Some(Json::Float(price)) = item.get("price") {
            total += (price * 4.0) as i64;
        }
        if let Some(Json::Array(tags)) = item.get("tags") {
            for tag in tags {
                if let Json::Text(tag) = tag {
                    total += tag.len() as i64;
                }
            }
        }
    }
    total
}

/// Does not depend on the order of an object's members.
fn byte_sum(text: &str) -> i64 {
    text.bytes().map(i64::from).sum()
}

fn main() -> Result<(), String> {
    let mut text = make_document(&mut Lcg { state: 42 });
    let mut total = 0;
    for _ in 0..ROUNDS {
        let document = parse(&text)?;
        total += walk(&document);
        text.clear();
        write(&document, &mut text).map_err(|error| error.to_string())?;
    }
    println!("total {total}, length {}, byte sum {}", text.len(), byte_sum(&text));
    Ok(())
}
