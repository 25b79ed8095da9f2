//! `math`: functions of floats, by `libm`, so that every machine gives the same results; bits of integers.

use super::{native, optional_int, table_of::*, value_error};
use crate::plain::number;

/// A function of a float.
macro_rules! float {
    ($key:literal, $function:expr) => {
        native($key, &[F64], F64, |_, a| {
            let function: fn(f64) -> f64 = $function;
            Ok(function(a.float(0))).into()
        })
    };
}

pub(super) fn natives() -> Vec<Native> {
    vec![
        float!("math.ceil", f64::ceil),
        float!("math.round", f64::round),
        float!("math.round_even", f64::round_ties_even),
        float!("math.trunc", f64::trunc),
        native("math.round_to", &[F64, I64], F64, |_, a| Ok(number::round_to(a.float(0), a.int(1))).into()),
        float!("math.cbrt", libm::cbrt),
        native("math.hypot", &[F64, F64], F64, |_, a| Ok(libm::hypot(a.float(0), a.float(1))).into()),
        float!("math.exp", libm::exp),
        float!("math.exp_m1", libm::expm1),
        float!("math.ln", libm::log),
        float!("math.ln_1p", libm::log1p),
        float!("math.log2", libm::log2),
        float!("math.log10", libm::log10),
        float!("math.sin", libm::sin),
        float!("math.cos", libm::cos),
        float!("math.tan", libm::tan),
        float!("math.asin", libm::asin),
        float!("math.acos", libm::acos),
        float!("math.atan", libm::atan),
        native("math.atan2", &[F64, F64], F64, |_, a| Ok(libm::atan2(a.float(0), a.float(1))).into()),
        float!("math.sinh", libm::sinh),
        float!("math.cosh", libm::cosh),
        float!("math.tanh", libm::tanh),
        native("math.count_ones", &[I64], I64, |_, a| Ok(i64::from(a.int(0).count_ones())).into()),
        native("math.leading_zeros", &[I64], I64, |_, a| Ok(i64::from(a.int(0).leading_zeros())).into()),
        native("math.trailing_zeros", &[I64], I64, |_, a| Ok(i64::from(a.int(0).trailing_zeros())).into()),
        native("math.shr_unsigned", &[I64, I64], I64, |c, a| match u32::try_from(a.int(1)) {
            Ok(by @ 0..64) => Ok((a.int(0) as u64 >> by) as i64).into(),
            _ => value_error::<i64>(c, format!("a shift by {}: it must be from 0 to 63", a.int(1))).into(),
        }),
        native("math.checked_mul", &[I64, I64], Ref, |c, a| optional_int(c, a.int(0).checked_mul(a.int(1))).into()),
        native("math.checked_pow", &[I64, I64], Ref, |c, a| optional_int(c, power(a.int(0), a.int(1))).into()),
    ]
}

/// A power, if it fits.
fn power(base: i64, exponent: i64) -> Option<i64> {
    match (base, u32::try_from(exponent)) {
        (_, Ok(exponent)) => base.checked_pow(exponent),
        (_, Err(_)) if exponent < 0 => None,
        (0 | 1, Err(_)) => Some(base),
        (-1, Err(_)) => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        (_, Err(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::power;

    #[test]
    fn powers() {
        assert_eq!(power(10, 18), Some(1_000_000_000_000_000_000));
        assert_eq!(power(10, 19), None);
        assert_eq!(power(-1, 1 << 40), Some(1));
        assert_eq!(power(0, 0), Some(1));
        assert_eq!(power(2, -1), None);
    }
}
