/* Constant expressions, with Python's arithmetic: whole numbers stay whole under + - * // % **, / makes fractions. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/build.h"

static const Constant broken_constant = {.kind = CONSTANT_BROKEN};

static Constant whole(int64_t value)
{
    return (Constant){.kind = CONSTANT_INT, .i = value};
}

static Constant report(Build *build, const Syntax *syntax, const char *sentence)
{
    diag_error(build->diag, syntax->span, "%s", sentence);
    return broken_constant;
}

static Constant fraction(Build *build, const Syntax *syntax, double value)
{
    if (!isfinite(value))
        return report(build, syntax, "number is too large for a double");
    return (Constant){.kind = CONSTANT_FLOAT, .f = value};
}

static Constant literal(Build *build, const Syntax *syntax)
{
    if (!syntax->name[0])
        return broken_constant; /* a malformed number: the lexer reported it */
    char *digits = arena_copy(build->arena, syntax->name, strlen(syntax->name)), *end = digits;
    for (const char *c = digits; *c; c++)
        if (*c != '_')
            *end++ = *c;
    *end = 0;
    if (syntax->kind == SYNTAX_FLOAT)
        return fraction(build, syntax, strtod(digits, NULL));
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    if (!hex && digits[0] == '0' && strspn(digits, "0") < strlen(digits))
        return report(build, syntax, "whole number begins with 0, which Python does not allow");
    errno = 0;
    long long value = strtoll(digits, NULL, hex ? 16 : 10);
    if (errno)
        return report(build, syntax, "number is too large");
    return whole(value);
}

const Constant *find_local(const Locals *scope, const char *name)
{
    for (; scope; scope = scope->around)
        for (int i = 0; i < scope->lets.count; i++)
            if (strcmp(scope->lets.at[i].name, name) == 0)
                return &scope->lets.at[i].value;
    return NULL;
}

static const Let *own_let(const File *file, const char *name)
{
    for (int i = 0; i < file->lets.count; i++)
        if (strcmp(file->lets.at[i].name, name) == 0)
            return &file->lets.at[i];
    return NULL;
}

const Let *find_let(const File *file, const char *name)
{
    const Let *let = own_let(file, name);
    for (int i = 0; !let && i < file->imports.count; i++)
        let = own_let(file->imports.at[i], name);
    return let;
}

/* A layer or a block by its name, for a parameter that stands for one. */
static bool find_noun(const Build *build, const char *name, Constant *value)
{
    const Block *block = find_block(build, name);
    *value = (Constant){.kind = CONSTANT_NOUN, .s = name, .block = block};
    return block || find_layer(bare_name(name));
}

/* The constant of a name; false where there is none. */
static bool find_constant(const Build *build, const char *name, Constant *value)
{
    const Constant *local = find_local(build->scope, name);
    const Let *let = local ? NULL : find_let(build->file, name);
    if (local || let) {
        *value = local ? *local : let->value;
        return true;
    }
    for (const Enumerator *e = vocabulary_enumerators; e->name; e++)
        if (strcmp(e->name, bare_name(name)) == 0) {
            *value = (Constant){.kind = CONSTANT_STRING, .s = e->value};
            return true;
        }
    for (int i = 0; i < build->data.count; i++)
        if (strcmp(build->data.at[i].data->name, name) == 0) {
            *value = (Constant){.kind = CONSTANT_DATA, .s = name};
            return true;
        }
    return false;
}

bool is_constant(const Build *build, const char *name)
{
    Constant value;
    return find_constant(build, name, &value);
}

static Constant name(Build *build, const Syntax *syntax)
{
    Constant value;
    if (find_constant(build, syntax->name, &value) || find_noun(build, syntax->name, &value))
        return value;
    VEC(const char *) known = {0};
    const File *file = build->file;
    for (const Locals *scope = build->scope; scope; scope = scope->around)
        for (int i = 0; i < scope->lets.count; i++)
            vec_push(build->arena, known, scope->lets.at[i].name);
    for (int i = 0; i < file->lets.count; i++)
        vec_push(build->arena, known, file->lets.at[i].name);
    for (const Enumerator *e = vocabulary_enumerators; e->name; e++)
        vec_push(build->arena, known, e->name);
    for (int i = 0; i < build->data.count; i++)
        vec_push(build->arena, known, build->data.at[i].data->name);
    vec_push(build->arena, known, "True");
    vec_push(build->arena, known, "False");
    vec_push(build->arena, known, "None");
    const char *closest = diag_closest(syntax->name, known.at, known.count);
    if (closest)
        diag_error(build->diag, syntax->span, "no constant is called '%s'; did you mean '%s'?", syntax->name, closest);
    else if (!file->partial)
        diag_error(build->diag, syntax->span, "no constant is called '%s': 'let %s = ...' before it makes one",
                   syntax->name, syntax->name);
    return broken_constant;
}

/* Whole numbers to a power: by squaring, so that every overflow is seen. */
static bool power(int64_t base, int64_t exponent, int64_t *result)
{
    *result = 1;
    for (bool over = false; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && (over || __builtin_mul_overflow(*result, base, result)))
            return false;
        over = over || __builtin_mul_overflow(base, base, &base);
    }
    return true;
}

/* Both rounded towards minus infinity, as Python's // and %. */
static Constant whole_division(int64_t a, int64_t b, bool remainder)
{
    int64_t quotient = a / b, rest = a % b;
    if (rest && (rest < 0) != (b < 0))
        quotient--, rest += b;
    return whole(remainder ? rest : quotient);
}

static Constant whole_operation(Build *build, const Syntax *syntax, int64_t a, int64_t b)
{
    int64_t result = 0;
    bool over = false;
    switch (syntax->op) {
    case '+': over = __builtin_add_overflow(a, b, &result); break;
    case '-': over = __builtin_sub_overflow(a, b, &result); break;
    case '*': over = __builtin_mul_overflow(a, b, &result); break;
    case '/': return b ? fraction(build, syntax, (double)a / (double)b) : report(build, syntax, "division by zero");
    case OPERATOR_POWER:
        if (b < 0)
            return a ? fraction(build, syntax, pow((double)a, (double)b)) : report(build, syntax, "division by zero");
        over = !power(a, b, &result);
        break;
    default: /* // and % */
        if (!b)
            return report(build, syntax, "division by zero");
        over = a == INT64_MIN && b == -1;
        if (!over)
            return whole_division(a, b, syntax->op == '%');
    }
    return over ? report(build, syntax, "result is too large for a whole number of 64 bits") : whole(result);
}

static Constant fraction_operation(Build *build, const Syntax *syntax, double a, double b)
{
    switch (syntax->op) {
    case '+': return fraction(build, syntax, a + b);
    case '-': return fraction(build, syntax, a - b);
    case '*': return fraction(build, syntax, a * b);
    case OPERATOR_POWER:
        if (a < 0 && b != floor(b))
            return report(build, syntax, "root of a negative number is no real number");
        if (a == 0 && b < 0)
            return report(build, syntax, "division by zero");
        return fraction(build, syntax, pow(a, b));
    }
    if (b == 0)
        return report(build, syntax, "division by zero");
    if (syntax->op == '/')
        return fraction(build, syntax, a / b);
    double rest = fmod(a, b);
    if (rest != 0 && (rest < 0) != (b < 0))
        rest += b;
    double quotient = (a - rest) / b; /* whole but for its rounding */
    return fraction(build, syntax, syntax->op == '%' ? rest : nearbyint(quotient));
}

bool constant_truth(Constant value)
{
    switch (value.kind) {
    case CONSTANT_INT:
    case CONSTANT_BOOL: return value.i != 0;
    case CONSTANT_FLOAT: return value.f != 0;
    case CONSTANT_STRING: return value.s[0] != 0;
    case CONSTANT_SEQUENCE: return value.count > 0;
    case CONSTANT_NONE:
    case CONSTANT_BROKEN: return false;
    default: return true;
    }
}

static bool is_number(Constant value)
{
    return value.kind == CONSTANT_INT || value.kind == CONSTANT_FLOAT || value.kind == CONSTANT_BOOL;
}

static double real(Constant value)
{
    return value.kind == CONSTANT_FLOAT ? value.f : (double)value.i;
}

static Constant truth(bool value)
{
    return (Constant){.kind = CONSTANT_BOOL, .i = value};
}

/* As Python's ==: numbers by their values, others by kind and value. */
static bool constant_equal(Constant a, Constant b)
{
    if (is_number(a) && is_number(b))
        return a.kind == CONSTANT_FLOAT || b.kind == CONSTANT_FLOAT ? real(a) == real(b) : a.i == b.i;
    if (a.kind != b.kind)
        return false;
    if (a.kind != CONSTANT_SEQUENCE)
        return a.s == b.s || (a.s && b.s && strcmp(a.s, b.s) == 0);
    for (int i = 0; i < a.count && i < b.count; i++)
        if (!constant_equal(a.items[i], b.items[i]))
            return false;
    return a.count == b.count;
}

/* and, or: the operand that decides, as in Python; not. What need not be looked at is not. */
static Constant logic(Build *build, const Syntax *syntax)
{
    Constant first = evaluate(build, syntax->items.at[0]);
    if (first.kind == CONSTANT_BROKEN)
        return broken_constant;
    if (syntax->op == OPERATOR_NOT)
        return truth(!constant_truth(first));
    return constant_truth(first) == (syntax->op == OPERATOR_OR) ? first : evaluate(build, syntax->items.at[1]);
}

static Constant comparison(Build *build, const Syntax *syntax)
{
    Constant side[2];
    for (int i = 0; i < 2; i++) {
        side[i] = evaluate(build, syntax->items.at[i]);
        if (side[i].kind == CONSTANT_BROKEN)
            return broken_constant;
    }
    if (syntax->op == OPERATOR_EQUAL || syntax->op == OPERATOR_UNEQUAL)
        return truth(constant_equal(side[0], side[1]) == (syntax->op == OPERATOR_EQUAL));
    for (int i = 0; i < 2; i++)
        if (!is_number(side[i])) {
            diag_error(build->diag, syntax->items.at[i]->span, "operator %s expects numbers but gets %s",
                       syntax_operator_text(syntax->op), constant_text(build->arena, side[i]));
            return broken_constant;
        }
    double a = real(side[0]), b = real(side[1]);
    switch (syntax->op) {
    case '<': return truth(a < b);
    case '>': return truth(a > b);
    case OPERATOR_AT_MOST: return truth(a <= b);
    default: return truth(a >= b);
    }
}

static Constant operation(Build *build, const Syntax *syntax)
{
    switch (syntax->op) {
    case OPERATOR_AND:
    case OPERATOR_OR:
    case OPERATOR_NOT: return logic(build, syntax);
    case OPERATOR_EQUAL:
    case OPERATOR_UNEQUAL:
    case OPERATOR_AT_MOST:
    case OPERATOR_AT_LEAST:
    case '<':
    case '>': return comparison(build, syntax);
    }
    Constant side[2] = {whole(0), whole(0)};
    int count = syntax->items.count;
    for (int i = 0; i < count; i++) /* of -x, the 0 before it stays */
        side[2 - count + i] = evaluate(build, syntax->items.at[i]);
    for (int i = 2 - count; i < 2; i++) {
        if (side[i].kind == CONSTANT_BROKEN)
            return broken_constant;
        if (!is_number(side[i])) {
            diag_error(build->diag, syntax->items.at[i - 2 + count]->span, "operator %s expects numbers but gets %s",
                       syntax_operator_text(syntax->op), constant_text(build->arena, side[i]));
            return broken_constant;
        }
    }
    if (count == 1 && side[1].kind == CONSTANT_FLOAT)
        return fraction(build, syntax, syntax->op == '-' ? -side[1].f : side[1].f);
    if (side[0].kind == CONSTANT_FLOAT || side[1].kind == CONSTANT_FLOAT)
        return fraction_operation(build, syntax, real(side[0]), real(side[1]));
    return whole_operation(build, syntax, side[0].i, side[1].i);
}

/* Python's range(end), range(begin, end), range(begin, end, step): a sequence of whole numbers. */
static Constant range(Build *build, const Syntax *syntax)
{
    enum { MOST = 1000000 };
    int64_t bound[3] = {0, 0, 1};
    int count = syntax->items.count;
    for (int i = 0; i < count && i < 3; i++) {
        const Syntax *argument = syntax->items.at[i];
        Constant value = evaluate(build, argument->value);
        if (value.kind == CONSTANT_BROKEN)
            return broken_constant;
        if (value.kind != CONSTANT_INT || argument->name)
            return report(build, argument->value, "range expects whole numbers");
        bound[count == 1 ? 1 : i] = value.i;
    }
    if (count < 1 || count > 3)
        return report(build, syntax, "range expects one, two or three whole numbers");
    int64_t step = bound[2], apart = 0;
    if (!step)
        return report(build, syntax, "range expects a step that is not 0");
    bool over = __builtin_sub_overflow(bound[1], bound[0], &apart);
    int64_t items = over || (apart > 0) != (step > 0) || !apart ? 0 : (apart - (step > 0 ? 1 : -1)) / step + 1;
    if (over || items > MOST)
        return report(build, syntax, "range has more than a million numbers");
    Constant *numbers = arena_alloc(build->arena, (size_t)(items ? items : 1) * sizeof *numbers);
    for (int64_t i = 0; i < items; i++)
        numbers[i] = whole(bound[0] + i * step);
    return (Constant){.kind = CONSTANT_SEQUENCE, .items = numbers, .count = (int)items};
}

static Constant sequence(Build *build, const Syntax *syntax, ConstantKind kind)
{
    int count = syntax->items.count;
    Constant *items = arena_alloc(build->arena, (size_t)count * sizeof *items);
    for (int i = 0; i < count; i++) {
        items[i] = evaluate(build, syntax->items.at[i]);
        if (items[i].kind == CONSTANT_BROKEN)
            return broken_constant;
        items[i].span = syntax->items.at[i]->span;
    }
    return (Constant){.kind = kind, .items = items, .count = count};
}

Constant evaluate(Build *build, const Syntax *syntax)
{
    switch (syntax->kind) {
    case SYNTAX_INT:
    case SYNTAX_FLOAT: return literal(build, syntax);
    case SYNTAX_STRING: return (Constant){.kind = CONSTANT_STRING, .s = syntax->name};
    case SYNTAX_TRUE:
    case SYNTAX_FALSE: return (Constant){.kind = CONSTANT_BOOL, .i = syntax->kind == SYNTAX_TRUE};
    case SYNTAX_NONE: return (Constant){.kind = CONSTANT_NONE};
    case SYNTAX_INFER: return (Constant){.kind = CONSTANT_INFER};
    case SYNTAX_NAME: return name(build, syntax);
    case SYNTAX_UNARY:
    case SYNTAX_BINARY: return operation(build, syntax);
    case SYNTAX_TUPLE:
    case SYNTAX_LIST: return sequence(build, syntax, CONSTANT_SEQUENCE);
    case SYNTAX_DICT: return sequence(build, syntax, CONSTANT_DICT);
    case SYNTAX_CALL:
        if (!strcmp(syntax->name, "range"))
            return range(build, syntax);
        if ((!strcmp(syntax->name, "torch.tensor") || !strcmp(syntax->name, "torch.device")) &&
            syntax->items.count == 1 && !syntax->items.at[0]->name)
            return evaluate(build, syntax->items.at[0]->value);
        diag_error(build->diag, syntax->span, "call of '%s' is no constant: a number, a string, True, False or None is",
                   syntax->name);
        return broken_constant;
    case SYNTAX_BROKEN: return broken_constant;
    default: return report(build, syntax, "constant expected");
    }
}
