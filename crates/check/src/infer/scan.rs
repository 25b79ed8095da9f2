//! Questions about the syntax of a body that are answered before it is read: which names it assigns, whether it yields.
//!
//! The walk keeps its own stack, so it is safe for input of any depth, and visits each node once.

use sayso_base::Name;
use sayso_syntax::ast::{self, Ast, ExprKind, StmtKind};

/// A node of the walk.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node {
    Expr(ast::ExprId),
    Block(ast::BlockId),
}

/// A walk over a subtree.
pub(crate) struct Walk<'a> {
    ast: &'a Ast,
    stack: Vec<Node>,
    /// Whether the bodies of closures belong to the walk.
    into_closures: bool,
}

impl<'a> Walk<'a> {
    pub fn new(ast: &'a Ast, root: Node, into_closures: bool) -> Walk<'a> {
        Walk { ast, stack: vec![root], into_closures }
    }

    fn exprs(&mut self, ids: impl IntoIterator<Item = ast::ExprId>) {
        self.stack.extend(ids.into_iter().map(Node::Expr));
    }

    fn block(&mut self, id: ast::BlockId) {
        self.stack.push(Node::Block(id));
    }

    fn push_block_children(&mut self, id: ast::BlockId) {
        for stmt in &self.ast.block(id).stmts {
            match &stmt.kind {
                StmtKind::Let { value, otherwise, .. } => {
                    self.exprs([*value]);
                    if let Some(block) = otherwise {
                        self.block(*block);
                    }
                }
                StmtKind::Expr { expr, .. } | StmtKind::Defer(expr) => self.exprs([*expr]),
                StmtKind::Item(_) | StmtKind::Error => {}
            }
        }
    }

    fn push_children(&mut self, kind: &'a ExprKind) {
        match kind {
            ExprKind::Error
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Byte(_)
            | ExprKind::Symbol(_)
            | ExprKind::Name(_)
            | ExprKind::TypeValue(_)
            | ExprKind::Continue { .. } => {}
            ExprKind::Str(parts) => {
                for part in parts {
                    if let ast::StrPart::Hole { expr, .. } = part {
                        self.exprs([*expr]);
                    }
                }
            }
            ExprKind::Array(elements) | ExprKind::List(elements) => {
                self.exprs(elements.iter().map(|element| element.value));
            }
            ExprKind::Repeat { value: a, count: b }
            | ExprKind::Binary(_, _, a, b)
            | ExprKind::In { value: a, container: b, .. }
            | ExprKind::Coalesce(a, b)
            | ExprKind::OrElse(a, b)
            | ExprKind::Pipe(a, b)
            | ExprKind::Assign { target: a, value: b, .. }
            | ExprKind::Index(a, b) => self.exprs([*a, *b]),
            ExprKind::Table(pairs) | ExprKind::Map(pairs) => {
                self.exprs(pairs.iter().flat_map(|(key, value)| [*key, *value]));
            }
            ExprKind::Tuple(items) => self.exprs(items.iter().copied()),
            ExprKind::Shape(fields) => self.exprs(fields.iter().map(|field| field.value)),
            ExprKind::Range { start, end, .. } => self.exprs(start.iter().chain(end).copied()),
            ExprKind::Struct(literal) => {
                self.exprs(literal.fields.iter().map(|field| field.value));
                self.exprs(literal.base);
            }
            ExprKind::Unary(_, a)
            | ExprKind::Cast(a, _)
            | ExprKind::Is { value: a, .. }
            | ExprKind::Try(a)
            | ExprKind::Field(a, _)
            | ExprKind::OptionalField(a, _)
            | ExprKind::Fixed(a, _)
            | ExprKind::Let { value: a, .. }
            | ExprKind::Throw(a)
            | ExprKind::Spawn(a)
            | ExprKind::Comptime(a)
            | ExprKind::Expect(a) => self.exprs([*a]),
            ExprKind::Call { callee, args, .. } => {
                self.exprs([*callee]);
                self.exprs(args.iter().map(|arg| arg.value));
            }
            ExprKind::Block(block) | ExprKind::Loop { body: block, .. } => self.block(*block),
            ExprKind::If { branches, otherwise } => {
                for branch in branches {
                    self.exprs([branch.condition]);
                    self.block(branch.body);
                }
                if let Some(block) = otherwise {
                    self.block(*block);
                }
            }
            ExprKind::Match { value, arms } => {
                self.exprs([*value]);
                for arm in arms {
                    self.exprs(arm.guard);
                    self.exprs([arm.body]);
                }
            }
            ExprKind::While { condition: head, body, .. } | ExprKind::For { iterable: head, body, .. } => {
                self.exprs([*head]);
                self.block(*body);
            }
            ExprKind::TryCatch { body, catches } => {
                self.block(*body);
                for catch in catches {
                    self.block(catch.body);
                }
            }
            ExprKind::Closure { body, params, .. } => {
                if self.into_closures {
                    self.exprs(params.iter().filter_map(|param| param.default));
                    self.exprs([*body]);
                }
            }
            ExprKind::Return(value) | ExprKind::Break { value, .. } | ExprKind::Yield(value) => self.exprs(*value),
        }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = (ast::ExprId, &'a ast::Expr);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.stack.pop()? {
                Node::Block(block) => self.push_block_children(block),
                Node::Expr(id) => {
                    let expr = self.ast.expr(id);
                    self.push_children(&expr.kind);
                    return Some((id, expr));
                }
            }
        }
    }
}

/// The variables that are assigned somewhere in a subtree, closures included.
pub(crate) fn assigned_names(ast: &Ast, root: Node) -> Vec<Name> {
    let targets = Walk::new(ast, root, true).filter_map(|(_, expr)| match &expr.kind {
        ExprKind::Assign { target, .. } => Some(*target),
        _ => None,
    });
    targets
        .filter_map(|target| match ast.expr(target).kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        })
        .collect()
}

/// The variables that are assigned inside closures of a subtree: what is known about them may be lost at any call.
pub(crate) fn names_assigned_in_closures(ast: &Ast, root: Node) -> Vec<Name> {
    let mut names = Vec::new();
    for (_, expr) in Walk::new(ast, root, false) {
        if let ExprKind::Closure { body, .. } = &expr.kind {
            names.extend(assigned_names(ast, Node::Expr(*body)));
        }
    }
    names
}

/// Whether a body yields, so that a call of it makes an iterator. Closures inside it do not count.
pub(crate) fn yields(ast: &Ast, root: Node) -> bool {
    Walk::new(ast, root, false).any(|(_, expr)| matches!(expr.kind, ExprKind::Yield(_)))
}
