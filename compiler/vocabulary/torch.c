/* What torch's objects keep of a layer's arguments, how these are written, and what print(model) shows of them. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

const char *torch_number(Arena *arena, double number)
{
    enum { MOST_DIGITS = 17, FIXED_FROM = -4, FIXED_TO = 16 };
    char digits[40];
    int precision = 0;
    if (!isfinite(number))
        return isnan(number) ? "nan" : number > 0 ? "1e999" : "-1e999"; /* float("inf"), which a literal can say so */
    do
        snprintf(digits, sizeof digits, "%.*e", precision, number);
    while (strtod(digits, NULL) != number && ++precision < MOST_DIGITS);
    int exponent = atoi(strchr(digits, 'e') + 1);
    if (exponent < FIXED_FROM || exponent >= FIXED_TO)
        return arena_copy(arena, digits, strlen(digits));
    return arena_printf(arena, "%.*f", precision > exponent ? precision - exponent : 1, number);
}

/* Whether a list of words, "weight bias", has one. */
static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (; words && *words; words += strcspn(words, " "), words += *words == ' ')
        if (strcspn(words, " ") == length && strncmp(words, word, length) == 0)
            return true;
    return false;
}

/* bias is one of the parameters, device and dtype are its tensors', and what begins with _ is no one's. */
bool torch_is_attribute(const LayerKind *kind, const Param *param)
{
    return !has_word("bias device dtype", param->name) && param->name[0] != '_'
           && !has_word(kind->torch.without, param->name);
}

const char *torch_tuple(Arena *arena, const int64_t *numbers, int count)
{
    Text text = text_new(arena);
    for (int i = 0; i < count; i++)
        text_printf(&text, "%s%" PRId64, i ? ", " : "(", numbers[i]);
    text_add(&text, count == 1 ? ",)" : ")");
    return text.bytes;
}

static const char *extents(Arena *arena, const Arg *arg, TorchSizes sizes)
{
    const char *text[2];
    for (int axis = 0; axis < 2; axis++)
        text[axis] = arg->pair_none[axis] ? "None" : arena_printf(arena, "%" PRId64, arg->pair[axis]);
    if (strcmp(text[0], text[1]) != 0 || (arg->listed && sizes == TORCH_GIVEN))
        return arena_printf(arena, "(%s, %s)", text[0], text[1]);
    return text[0];
}

static const char *numbers(Arena *arena, const Arg *arg, bool listed)
{
    Text text = text_new(arena);
    if (!listed)
        return arg->whole ? arena_printf(arena, "%.0f", arg->list[0]) : torch_number(arena, arg->list[0]);
    for (int i = 0; i < arg->list_count; i++) {
        text_add(&text, i ? ", " : "(");
        text_add(&text, arg->whole ? arena_printf(arena, "%.0f", arg->list[i]) : torch_number(arena, arg->list[i]));
    }
    text_add(&text, arg->list_count == 1 ? ",)" : ")");
    return text.bytes;
}

static const char *string(Arena *arena, const char *value)
{
    Text text = text_new(arena);
    text_add_quoted(&text, value);
    return text.bytes;
}

const char *torch_argument(Arena *arena, const Param *param, const Arg *arg, TorchSizes sizes)
{
    bool equal = arg->pair[0] == arg->pair[1], four = false;
    for (int side = 1; side < 4; side++)
        four = four || arg->sides[side] != arg->sides[0];
    if (arg->none && param->type != ARG_PAIR && param->type != ARG_SINGLE)
        return "None";
    switch (param->type) {
    case ARG_INT:
    case ARG_SIZE: return arena_printf(arena, "%" PRId64, arg->i);
    case ARG_FLOAT:
    case ARG_FLOAT_OR_NONE: return arg->whole ? arena_printf(arena, "%.0f", arg->f) : torch_number(arena, arg->f);
    case ARG_BOOL: return arg->i ? "True" : "False";
    case ARG_STRING: return string(arena, arg->s);
    case ARG_PADDING:
    case ARG_SINGLE_PADDING:
        if (arg->s)
            return string(arena, arg->s);
        if (param->type == ARG_SINGLE_PADDING)
            return sizes == TORCH_TUPLES ? torch_tuple(arena, &arg->pair[1], 1) : arena_printf(arena, "%" PRId64,
                                                                                         arg->pair[1]);
        /* fall through */
    case ARG_PAIR:
        if (equal && (sizes == TORCH_SHORT || (sizes == TORCH_GIVEN && !arg->listed)))
            return arena_printf(arena, "%" PRId64, arg->pair[0]);
        return torch_tuple(arena, arg->pair, 2);
    case ARG_SINGLE:
        if (sizes == TORCH_TUPLES || (sizes == TORCH_GIVEN && arg->listed))
            return torch_tuple(arena, &arg->pair[1], 1);
        return arena_printf(arena, "%" PRId64, arg->pair[1]);
    case ARG_EXTENTS: return extents(arena, arg, sizes);
    case ARG_SIDES:
        return four || sizes != TORCH_SHORT ? torch_tuple(arena, arg->sides, 4) : arena_printf(arena, "%" PRId64,
                                                                                          arg->sides[0]);
    case ARG_NUMBER_LIST: return numbers(arena, arg, arg->listed);
    case ARG_FLOATS: return numbers(arena, arg, true);
    case ARG_ANY:
        return constant_text(arena, arg->any->kind == CONSTANT_SEQUENCE && arg->any->count == 1 ? *arg->any->items
                                                                                                : *arg->any);
    default: return "None"; /* no layer has such arguments */
    }
}

/* What an argument is where nothing is given: the default of its signature. */
static const char *default_text(const Param *param)
{
    return param->fallback ? param->fallback : "";
}

void torch_add(TorchAttributes *out, const char *name, const char *format, ...)
{
    Text value = text_new(out->arena);
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(&value, format, arguments);
    va_end(arguments);
    vec_push(out->arena, out->list, ((TorchAttribute){name, value.bytes}));
}

static TorchAttributes attributes_of(Arena *arena, const Layer *layer)
{
    const LayerKind *kind = layer->kind;
    const TorchSizes sizes = kind->torch.tuples ? TORCH_TUPLES : TORCH_GIVEN;
    TorchAttributes out = {.arena = arena};
    for (int i = 0; kind->params[i].name; i++) {
        const Param *param = &kind->params[i];
        const Arg *arg = &layer->args.at[i];
        if (torch_is_attribute(kind, param))
            torch_add(&out, param->name, "%s", param->refused ? default_text(param)
                                                              : torch_argument(arena, param, arg, sizes));
    }
    if (kind->torch.also)
        torch_add(&out, NULL, "%s", kind->torch.also);
    if (kind->torch.more)
        kind->torch.more(&out, layer);
    return out;
}

const char *torch_attributes(Arena *arena, const Layer *layer)
{
    const TorchAttributes attributes = attributes_of(arena, layer);
    Text text = text_new(arena);
    for (int i = 0; i < attributes.list.count; i++) {
        const TorchAttribute *attribute = &attributes.list.at[i];
        text_add(&text, i ? ", " : "");
        if (attribute->name)
            text_printf(&text, "'%s': ", attribute->name);
        text_add(&text, attribute->value);
    }
    return text.bytes;
}

static bool has_parameter(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->parameters.count; i++) {
        const char *dot = strrchr(layer->parameters.at[i]->name, '.');
        if (strcmp(dot ? dot + 1 : layer->parameters.at[i]->name, name) == 0)
            return true;
    }
    return false;
}

/* Whether an argument says nothing that would not be so without it. There is no bias where there is no weight. */
static bool is_default(Arena *arena, const Layer *layer, int place)
{
    const Param *param = &layer->kind->params[place];
    const char *same = layer->kind->torch.same, *fallback = param->fallback;
    if (!layer->args.at[place].given || (strcmp(param->name, "bias") == 0 && !has_parameter(layer, "weight")))
        return true;
    const char *value = torch_argument(arena, param, &layer->args.at[place], TORCH_SHORT);
    size_t length = strlen(param->name);
    if (same && strncmp(same, param->name, length) == 0 && same[length] == '=') {
        int other = signature_find(layer->kind->params, same + length + 1);
        return strcmp(value, torch_argument(arena, &layer->kind->params[other], &layer->args.at[other],
                                            TORCH_SHORT)) == 0;
    }
    char *end_of_value, *end_of_fallback;
    double number = strtod(value, &end_of_value), other = strtod(fallback, &end_of_fallback);
    if (!*end_of_value && !*end_of_fallback)
        return number == other;
    return strcmp(value, fallback) == 0;
}

const char *torch_arguments(Arena *arena, const Layer *layer)
{
    Text text = text_new(arena);
    bool named = false;
    for (int i = 0; layer->kind->params[i].name; i++) {
        const Param *param = &layer->kind->params[i];
        if (param->refused)
            continue;
        if (param->fallback && is_default(arena, layer, i)) {
            named = true; /* those behind it need their names */
            continue;
        }
        named = named || param->fallback;
        text_printf(&text, "%s%s%s%s", text.length ? ", " : "", named ? param->name : "", named ? "=" : "",
                    torch_argument(arena, param, &layer->args.at[i], TORCH_SHORT));
    }
    return text.bytes;
}

/* ---- print(model) ------------------------------------------------------------------------------------------------ */

/* A word of TorchClass.prints: NAME is an attribute or an argument, and shown by its value; with NAME= its name goes
 * before it. Behind these: &OTHER, False where OTHER is False; ? only where it is not the default; ' strings in
 * quotes. */
typedef struct Shown {
    const char *name, *other; /* NULL: no other */
    bool named, changed, quoted;
} Shown;

static const char *letters(Arena *arena, const char **at)
{
    size_t length = strspn(*at, "abcdefghijklmnopqrstuvwxyz_");
    const char *name = arena_copy(arena, *at, length);
    *at += length;
    return name;
}

static Shown next_shown(Arena *arena, const char **at)
{
    Shown shown = {.name = letters(arena, at)};
    while (**at && **at != ' ') {
        char sign = *(*at)++;
        shown.named |= sign == '=';
        shown.changed |= sign == '?';
        shown.quoted |= sign == '\'';
        shown.other = sign == '&' ? letters(arena, at) : shown.other;
    }
    *at += strspn(*at, " ");
    return shown;
}

static const Arg *find_arg(const Layer *layer, const char *name)
{
    return &layer->args.at[signature_find(layer->kind->params, name)];
}

/* The value of an attribute as Python writes it; of an argument that is none, as bias, its own. */
static const char *value_of(const TorchAttributes *attributes, const Layer *layer, const char *name)
{
    for (int i = 0; i < attributes->list.count; i++)
        if (attributes->list.at[i].name && strcmp(attributes->list.at[i].name, name) == 0)
            return attributes->list.at[i].value;
    const Param *param = &layer->kind->params[signature_find(layer->kind->params, name)];
    return torch_argument(attributes->arena, param, find_arg(layer, name), TORCH_GIVEN);
}

static void print_value(Text *out, const char *value, bool quoted)
{
    size_t length = strlen(value);
    if (*value == '"') /* a string */
        text_printf(out, "%s%.*s%s", quoted ? "'" : "", (int)length - 2, value + 1, quoted ? "'" : "");
    else if (strstr(value, "1e999"))
        text_printf(out, "%sinf", *value == '-' ? "-" : "");
    else
        text_add(out, value);
}

void torch_print_layer(Text *out, const Layer *layer)
{
    const TorchAttributes attributes = attributes_of(out->arena, layer);
    const char *at = layer->kind->torch.prints, *comma = "";
    text_printf(out, "%s(", layer->kind->name);
    while (at && *at) {
        const Shown shown = next_shown(out->arena, &at);
        if (shown.changed && is_default(out->arena, layer, signature_find(layer->kind->params, shown.name)))
            continue;
        text_printf(out, "%s%s%s", comma, shown.named ? shown.name : "", shown.named ? "=" : "");
        if (shown.other)
            text_add(out, find_arg(layer, shown.name)->i && find_arg(layer, shown.other)->i ? "True" : "False");
        else
            print_value(out, value_of(&attributes, layer, shown.name), shown.quoted);
        comma = ", ";
    }
    text_add(out, ")");
}
