//! Tests by subject; [`crate::testing`] reads the types in them.

mod codec;
mod dispatch;
mod inference;
mod lattice;
mod laws;
mod limits;
mod members;
mod subtyping;

/// Declarations that most tests use.
const ZOO: &str = "
trait Animal
trait Swimmer
trait Fish: Animal, Swimmer
trait Named: %{ name: str }
struct Fox: Animal
struct Carp: Fish
struct Unicorn: Fish, Named { name: str }
struct Person: Named { name: str, age: i64 }
class Dog: Animal { mut name: str }
class Puppy(Dog): Swimmer { toy: Fox }
object Sun
enum Shape { Circle(f64), Square { side: f64 }, Rect { side: f64, other: f64 } }
enum One { Only }
trait Source<+T>
trait Sink<-T>
trait Cell<T>: Source<T>, Sink<T>
struct Hold<+T>: Source<T> { value: T }
struct Eat<-T>: Sink<T>
struct Var<T>: Cell<T> { mut value: T }
interface Show
interface HasX { x: i64 }
var T
var U
var A: Animal
var F: Fish
var L >: Fox
var B: A
";
