/* Signatures: how arguments find their parameters, and what their values may be. */
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

static int param_count(const Param *params)
{
    int count = 0;
    while (params[count].name)
        count++;
    return count;
}

int signature_find(const Param *params, const char *name)
{
    for (int i = 0; params[i].name; i++)
        if (strcmp(params[i].name, name) == 0)
            return i;
    return -1;
}

/* The setting whose parameters these are, or NULL. */
static const SettingInfo *setting_of(const char *name, const Param *params)
{
    for (int i = 0; i < SET_COUNT; i++)
        if (vocabulary_settings[i].params == params && strcmp(vocabulary_settings[i].name, name) == 0)
            return &vocabulary_settings[i];
    return NULL;
}

/* "log FOLDER, every=100" */
static const char *setting_text(Arena *arena, const SettingInfo *setting)
{
    Text text = text_new(arena);
    text_add(&text, setting->name);
    const char *gap = " ";
    if (setting->takes) {
        text_printf(&text, " %s", setting->takes);
        gap = ", ";
    }
    for (const Param *param = setting->params; param->name; param++) {
        if (param->refused)
            continue;
        text_add(&text, gap);
        gap = ", ";
        if (param->fallback)
            text_printf(&text, "%s=%s", param->name, param->fallback);
        for (const char *c = strcmp(param->name, setting->name) ? param->name : "N"; !param->fallback && *c; c++)
            text_pad(&text, (char)toupper((unsigned char)*c), 1);
    }
    return text.bytes;
}

const char *signature_text(Arena *arena, const char *name, const Param *params)
{
    const SettingInfo *setting = setting_of(name, params);
    if (setting)
        return setting_text(arena, setting);
    Text text = text_new(arena);
    const char *comma = "";
    text_printf(&text, "%s(", name);
    for (int i = 0; params[i].name; i++) {
        if (params[i].refused)
            continue;
        text_printf(&text, "%s%s", comma, params[i].name);
        comma = ", ";
        if (params[i].fallback)
            text_printf(&text, "=%s", params[i].fallback);
    }
    text_add(&text, ")");
    return text.bytes;
}

/* ---- Constants --------------------------------------------------------------------------------------------------- */

const char *constant_text(Arena *arena, Constant constant)
{
    Text text = text_new(arena);
    switch (constant.kind) {
    case CONSTANT_BROKEN: text_add(&text, "?"); break;
    case CONSTANT_INT: text_printf(&text, "%" PRId64, constant.i); break;
    case CONSTANT_FLOAT: text_printf(&text, "%.12g%s", constant.f, constant.f == floor(constant.f) &&
                                     fabs(constant.f) < 1e12 ? ".0" : ""); break;
    case CONSTANT_BOOL: text_add(&text, constant.i ? "True" : "False"); break;
    case CONSTANT_STRING: text_add_quoted(&text, constant.s); break;
    case CONSTANT_NONE: text_add(&text, "None"); break;
    case CONSTANT_INFER: text_add(&text, "_"); break;
    case CONSTANT_TRANSFORMS: text_printf(&text, "the transforms %s", constant.s); break;
    case CONSTANT_DATA: text_printf(&text, "the data set %s", constant.s); break;
    case CONSTANT_NOUN: text_add(&text, constant.s); break;
    case CONSTANT_SEQUENCE:
        text_add(&text, "(");
        for (int i = 0; i < constant.count && i < 6; i++)
            text_printf(&text, "%s%s", i ? ", " : "", constant_text(arena, constant.items[i]));
        text_add(&text, constant.count > 6 ? ", ...)" : constant.count == 1 ? ",)" : ")");
        break;
    case CONSTANT_DICT:
        text_add(&text, "{");
        for (int i = 0; i < constant.count && i < 6; i++)
            text_printf(&text, "%s%s", i % 2 ? ": " : i ? ", " : "", constant_text(arena, constant.items[i]));
        text_add(&text, constant.count > 6 ? ", ...}" : "}");
    }
    return text.bytes;
}

static const Constant *constant_copy(Arena *arena, Constant constant)
{
    Constant *copy = arena_make(arena, Constant);
    *copy = constant;
    return copy;
}

/* The constant that a signature's default stands for. A block's default is an expression of the program, which the
 * block evaluates where it is used: here it is no constant at all. */
static Constant fallback_constant(Arena *arena, const Param *param)
{
    const char *text = param->fallback;
    if (!text || param->type == ARG_ANY)
        return (Constant){0};
    if (strcmp(text, "None") == 0)
        return (Constant){.kind = CONSTANT_NONE};
    if (strcmp(text, "True") == 0 || strcmp(text, "False") == 0)
        return (Constant){.kind = CONSTANT_BOOL, .i = text[0] == 'T'};
    if (param->type == ARG_WORD)
        return (Constant){.kind = CONSTANT_STRING, .s = text};
    if (text[0] == '(') { /* a pair of numbers */
        Constant *items = arena_alloc(arena, 2 * sizeof *items);
        for (int i = 0; i < 2; i++, text = strchr(text, ','))
            items[i] = (Constant){.kind = CONSTANT_FLOAT, .f = strtod(text + 1, NULL)};
        return (Constant){.kind = CONSTANT_SEQUENCE, .items = items, .count = 2};
    }
    if (text[0] == '"')
        return (Constant){.kind = CONSTANT_STRING, .s = arena_copy(arena, text + 1, strlen(text) - 2)};
    char *end;
    long long whole = strtoll(text, &end, 10);
    if (!*end)
        return (Constant){.kind = CONSTANT_INT, .i = whole};
    return (Constant){.kind = CONSTANT_FLOAT, .f = strtod(text, NULL)};
}

static bool constant_equal(Constant a, Constant b)
{
    if (a.kind == CONSTANT_STRING && b.kind == CONSTANT_STRING)
        return strcmp(a.s, b.s) == 0;
    bool a_number = a.kind == CONSTANT_INT || a.kind == CONSTANT_FLOAT || a.kind == CONSTANT_BOOL;
    bool b_number = b.kind == CONSTANT_INT || b.kind == CONSTANT_FLOAT || b.kind == CONSTANT_BOOL;
    if (a_number && b_number)
        return (a.kind == CONSTANT_FLOAT ? a.f : (double)a.i) == (b.kind == CONSTANT_FLOAT ? b.f : (double)b.i);
    return a.kind == b.kind && a.kind != CONSTANT_SEQUENCE && a.kind != CONSTANT_DICT;
}

static bool whole_number(Constant value, int64_t *number)
{
    *number = value.i;
    return value.kind == CONSTANT_INT && value.i >= INT_MIN && value.i <= INT_MAX;
}

static bool real_number(Constant value, double *number)
{
    *number = value.kind == CONSTANT_INT ? (double)value.i : value.f;
    return value.kind == CONSTANT_INT || value.kind == CONSTANT_FLOAT;
}

/* ---- Types ------------------------------------------------------------------------------------------------------- */

static const char *const type_text[] = {
    [ARG_INT] = "a whole number", [ARG_FLOAT] = "a number", [ARG_FLOAT_OR_NONE] = "a number or None",
    [ARG_BOOL] = "True or False", [ARG_CALL] = "True or False",
    [ARG_PAIR] = "a whole number or a pair of them", [ARG_STRING] = "a string in quotes", [ARG_WORD] = "a word",
    [ARG_FLOATS] = "a list of numbers", [ARG_RENAMES] = "names in braces, {\"old\": \"new\"},",
    [ARG_NUMBERS] = "a pair of numbers",
    [ARG_TENSOR] = "a number, or lists of numbers of one shape,",
    [ARG_NUMBER_LIST] = "a number or a list of numbers",
    [ARG_LIST_OR_WORD] = "a number, a list of numbers or a string", [ARG_SIZE] = "a whole number or _",
    [ARG_SCHEDULERS] = "a list of schedulers",
    [ARG_EXTENTS] = "a whole number, None or a pair of them",
    [ARG_PADDING] = "a whole number, a pair of them, \"same\" or \"valid\"", [ARG_ANY] = "a constant",
    [ARG_SINGLE] = "a whole number", [ARG_SINGLE_PADDING] = "a whole number, \"same\" or \"valid\"",
    [ARG_COLUMNS] = "a column's name in quotes, its number, or a list of these",
    [ARG_DATA] = "a data set or a list of them",
    [ARG_SIDES] = "a whole number or four of them, left, right, top and bottom",
};

static bool one_column(Constant value, Column *column)
{
    *column = (Column){.span = value.span};
    if (value.kind == CONSTANT_STRING)
        column->name = value.s;
    return value.kind == CONSTANT_STRING || whole_number(value, &column->number);
}

static bool number_list(Arena *arena, const Constant *items, int count, Arg *arg)
{
    double *list = arena_alloc(arena, (size_t)count * sizeof *list);
    arg->whole = true;
    for (int i = 0; i < count; i++) {
        if (!real_number(items[i], &list[i]))
            return false;
        arg->whole &= items[i].kind == CONSTANT_INT;
    }
    arg->list = list;
    arg->list_count = count;
    return count > 0;
}

/* The shape of nested lists, as their first elements have it. */
static Shape nested_shape(const Constant *value)
{
    Shape shape = {0};
    for (; value->kind == CONSTANT_SEQUENCE && value->count && shape.rank < MAX_RANK; value = value->items)
        shape.dim[shape.rank++] = value->count;
    return shape;
}

static int count_leaves(const Constant *value)
{
    int leaves = value->kind != CONSTANT_SEQUENCE;
    for (int i = 0; i < value->count; i++)
        leaves += count_leaves(&value->items[i]);
    return leaves;
}

/* Appends the numbers of lists, whose shape from dimension `dim` on is `shape`. False where they have another one. */
static bool add_numbers(const Constant *value, Shape shape, int dim, Arg *arg, double *list)
{
    if (dim == shape.rank)
        return real_number(*value, &list[arg->list_count++]);
    bool good = value->kind == CONSTANT_SEQUENCE && value->count == shape.dim[dim];
    for (int i = 0; good && i < value->count; i++)
        good = add_numbers(&value->items[i], shape, dim + 1, arg, list);
    return good;
}

static bool tensor(Arena *arena, const Constant *value, Arg *arg)
{
    double *list = arena_alloc(arena, (size_t)(count_leaves(value) + 1) * sizeof *list);
    arg->list = list;
    arg->list_count = 0;
    arg->shape = nested_shape(value);
    return add_numbers(value, arg->shape, 0, arg, list);
}

/* Gives `arg` the value of a constant. False when the type does not allow it. */
static bool convert(Arena *arena, ArgType type, Constant value, Arg *arg)
{
    switch (type) {
    case ARG_SIZE:
        if (value.kind == CONSTANT_INFER)
            return arg->inferred = true;
        /* fall through */
    case ARG_INT:
        arg->f = (double)value.i;
        return whole_number(value, &arg->i);
    case ARG_FLOAT_OR_NONE:
        if (value.kind == CONSTANT_NONE)
            return true;
        /* fall through */
    case ARG_FLOAT:
        arg->whole = value.kind == CONSTANT_INT;
        return real_number(value, &arg->f);
    case ARG_BOOL:
    case ARG_CALL:
        arg->i = value.i;
        return value.kind == CONSTANT_BOOL;
    case ARG_SINGLE:
    case ARG_SINGLE_PADDING:
        arg->listed = value.kind == CONSTANT_SEQUENCE;
        if (arg->listed && value.count == 1)
            value = value.items[0];
        else if (value.kind == CONSTANT_SEQUENCE)
            return false;
        /* fall through */
    case ARG_PADDING:
        if (value.kind == CONSTANT_STRING && type != ARG_SINGLE) {
            arg->s = value.s;
            return strcmp(value.s, "same") == 0 || strcmp(value.s, "valid") == 0;
        }
        /* fall through */
    case ARG_PAIR:
        arg->listed |= value.kind == CONSTANT_SEQUENCE;
        if (value.kind == CONSTANT_SEQUENCE)
            return value.count == 2 && whole_number(value.items[0], &arg->pair[0]) &&
                   whole_number(value.items[1], &arg->pair[1]);
        arg->pair[0] = arg->pair[1] = value.i;
        return whole_number(value, &arg->i);
    case ARG_EXTENTS:
        arg->listed = value.kind == CONSTANT_SEQUENCE;
        if (value.kind == CONSTANT_SEQUENCE && value.count != 2)
            return false;
        for (int axis = 0; axis < 2; axis++) {
            Constant one = value.kind == CONSTANT_SEQUENCE ? value.items[axis] : value;
            arg->pair_none[axis] = one.kind == CONSTANT_NONE;
            if (!arg->pair_none[axis] && !whole_number(one, &arg->pair[axis]))
                return false;
        }
        arg->none = false;
        return true;
    case ARG_STRING:
    case ARG_WORD:
        arg->s = value.s;
        return value.kind == CONSTANT_STRING;
    case ARG_COLUMNS: {
        int count = value.kind == CONSTANT_SEQUENCE ? value.count : 1;
        Column *columns = arena_alloc(arena, (size_t)(count + 1) * sizeof *columns);
        for (int i = 0; i < count; i++)
            if (!one_column(value.kind == CONSTANT_SEQUENCE ? value.items[i] : value, &columns[i]))
                return false;
        arg->columns = columns;
        arg->list_count = count;
        return true;
    }
    case ARG_RENAMES: {
        const char **pairs = arena_alloc(arena, (size_t)(value.count + 1) * sizeof *pairs);
        for (int i = 0; value.kind == CONSTANT_DICT && i < value.count; i++) {
            if (value.items[i].kind != CONSTANT_STRING)
                return false;
            pairs[i] = value.items[i].s;
        }
        arg->names = pairs;
        arg->list_count = value.count;
        return value.kind == CONSTANT_DICT && value.count > 0;
    }
    case ARG_DATA:
        if (value.kind == CONSTANT_DATA) {
            Constant *only = arena_make(arena, Constant);
            *only = value;
            value = (Constant){.kind = CONSTANT_SEQUENCE, .items = only, .count = 1};
        }
        if (value.kind != CONSTANT_SEQUENCE || !value.count)
            return false;
        const char **names = arena_alloc(arena, (size_t)value.count * sizeof *names);
        for (int i = 0; i < value.count; i++) {
            if (value.items[i].kind != CONSTANT_DATA)
                return false;
            names[i] = value.items[i].s;
        }
        arg->names = names;
        arg->list_count = value.count;
        return true;
    case ARG_LIST_OR_WORD:
        if (value.kind == CONSTANT_STRING) {
            arg->s = value.s;
            return true;
        }
        /* fall through */
    case ARG_NUMBER_LIST:
        arg->listed = value.kind == CONSTANT_SEQUENCE;
        if (value.kind != CONSTANT_SEQUENCE)
            return number_list(arena, &value, 1, arg);
        /* fall through */
    case ARG_FLOATS:
        return value.kind == CONSTANT_SEQUENCE && number_list(arena, value.items, value.count, arg);
    case ARG_TENSOR:
        return tensor(arena, &value, arg);
    case ARG_NUMBERS:
        return value.kind == CONSTANT_SEQUENCE && value.count == 2 && number_list(arena, value.items, 2, arg);
    case ARG_SCHEDULERS:
        return false;
    case ARG_SIDES:
        if (value.kind == CONSTANT_SEQUENCE && value.count != 4)
            return false;
        for (int side = 0; side < 4; side++)
            if (!whole_number(value.kind == CONSTANT_SEQUENCE ? value.items[side] : value, &arg->sides[side]))
                return false;
        return true;
    case ARG_ANY:
        arg->any = constant_copy(arena, value);
        return true;
    }
    return false;
}

bool signature_takes_word(ArgType type, const char *word)
{
    bool padding = type == ARG_PADDING || type == ARG_SINGLE_PADDING;
    if (strstr(word, "InterpolationMode."))
        return false;
    return type == ARG_STRING || type == ARG_COLUMNS || (padding && (!strcmp(word, "same") || !strcmp(word, "valid")));
}

static bool broken(Constant value)
{
    bool any = value.kind == CONSTANT_BROKEN;
    for (int i = 0; i < value.count && !any; i++)
        any = broken(value.items[i]);
    return any;
}

/* Gives one parameter its value. */
static bool bind_value(Arena *arena, Diag *diag, const char *name, const Param *param, const Given *given, Arg *arg)
{
    Constant value = given->value;
    *arg = (Arg){.value = &given->value, .given = true, .span = given->span, .none = value.kind == CONSTANT_NONE};
    if (broken(value))
        return false;
    Constant fallback = fallback_constant(arena, param);
    if (param->refused && !constant_equal(value, fallback)) {
        diag_error(diag, given->span, "%s", param->refused);
        return false;
    }
    if (param->refused || (arg->none && fallback.kind == CONSTANT_NONE) || convert(arena, param->type, value, arg))
        return true;
    const char *hint = "";
    if (value.kind == CONSTANT_FLOAT && value.f == floor(value.f) && param->type != ARG_BOOL &&
        param->type != ARG_CALL)
        hint = "; a division that stays whole is written //";
    else if (value.kind == CONSTANT_INT && (value.i < INT_MIN || value.i > INT_MAX))
        hint = ", which is too large";
    else if (value.kind == CONSTANT_INFER)
        hint = ", which stands only for sizes that the input fixes";
    const char *whose = strcmp(name, param->name) == 0 ? "" : arena_printf(arena, "%s to be ", param->name);
    diag_error(diag, given->span, "%s expects %s%s but gets %s%s", name, whose, type_text[param->type],
               constant_text(arena, value), hint);
    return false;
}

/* ---- Binding ----------------------------------------------------------------------------------------------------- */

static void report_unknown(Arena *arena, Diag *diag, const char *name, const Param *params, const Given *given)
{
    const char *names[MAX_ARGS];
    int count = 0;
    for (const Param *param = params; param->name; param++)
        if (!param->refused)
            names[count++] = param->name;
    static const char *const habits[][2] = { /* what other libraries call it */
        {"learning_rate", "lr"}, {"filters", "out_channels"}, {"units", "out_features"}, {"rate", "p"},
        {"epsilon", "eps"},      {"pool_size", "kernel_size"}, {"training", "train"},    {"wd", "weight_decay"},
    };
    const char *closest = diag_closest(given->name, names, count);
    for (size_t i = 0; !closest && i < sizeof habits / sizeof *habits; i++)
        if (strcmp(given->name, habits[i][0]) == 0 && signature_find(params, habits[i][1]) >= 0)
            closest = habits[i][1];
    if (closest)
        diag_error(diag, given->name_span, "%s has no argument '%s'; did you mean '%s'?", name, given->name, closest);
    else
        diag_error(diag, given->name_span, "%s has no argument '%s': %s", name, given->name,
                   signature_text(arena, name, params));
}

bool signature_bind(Arena *arena, Diag *diag, const char *name, const Param *params, const Given *given, int count,
                    Span call, Args *args)
{
    int all = param_count(params), places = 0;
    const Given *taken[MAX_ARGS] = {0};
    bool good = true, keywords = false;
    *args = (Args){.span = call};
    for (int g = 0; g < count; g++) {
        int place = given[g].name ? signature_find(params, given[g].name) : places++;
        if (!given[g].name && keywords) {
            diag_error(diag, given[g].span, "%s gets an argument without a name after one with a name", name);
            good = false;
            continue;
        }
        keywords |= given[g].name != NULL;
        if (place < 0) {
            report_unknown(arena, diag, name, params, &given[g]);
            good = false;
        } else if (place >= all) {
            if (place == all) {
                int positional = 0;
                for (int i = 0; i < count; i++)
                    positional += !given[i].name;
                diag_error(diag, given[g].span, "%s takes %d argument%s but gets %d: %s", name, all,
                           all == 1 ? "" : "s", positional, signature_text(arena, name, params));
            }
            good = false;
        } else if (taken[place]) {
            diag_error(diag, given[g].name_span, "%s gets '%s' twice", name, params[place].name);
            diag_note(diag, taken[place]->span, "the first one is here");
            good = false;
        } else {
            taken[place] = &given[g];
        }
    }
    const char *missing = NULL;
    for (int i = 0; i < all; i++) {
        if (taken[i]) {
            good &= bind_value(arena, diag, name, &params[i], taken[i], &args->at[i]);
        } else if (params[i].fallback) {
            Constant *fallback = arena_make(arena, Constant);
            *fallback = fallback_constant(arena, &params[i]);
            args->at[i] = (Arg){.value = fallback, .span = call, .none = fallback->kind == CONSTANT_NONE};
            if (!params[i].refused && !args->at[i].none && !broken(*fallback))
                convert(arena, params[i].type, *fallback, &args->at[i]);
        } else {
            missing = missing ? arena_printf(arena, "%s, %s", missing, params[i].name) : params[i].name;
        }
    }
    if (missing && good)
        diag_error(diag, call, "%s lacks %s: %s", name, missing, signature_text(arena, name, params));
    return good && !missing;
}
