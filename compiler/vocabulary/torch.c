/* What torch's objects keep of a layer's arguments, and how these are written. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

const char *torch_number(Arena *arena, double number)
{
    char text[64];
    if (!isfinite(number))
        return isnan(number) ? "nan" : number > 0 ? "1e999" : "-1e999"; /* float("inf"), which a literal can say so */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return arena_printf(arena, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
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

static const char *tuple(Arena *arena, const int64_t *numbers, int count)
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
            return sizes == TORCH_TUPLES ? tuple(arena, &arg->pair[1], 1) : arena_printf(arena, "%" PRId64,
                                                                                         arg->pair[1]);
        /* fall through */
    case ARG_PAIR:
        if (equal && (sizes == TORCH_SHORT || (sizes == TORCH_GIVEN && !arg->listed)))
            return arena_printf(arena, "%" PRId64, arg->pair[0]);
        return tuple(arena, arg->pair, 2);
    case ARG_SINGLE:
        if (sizes == TORCH_TUPLES || (sizes == TORCH_GIVEN && arg->listed))
            return tuple(arena, &arg->pair[1], 1);
        return arena_printf(arena, "%" PRId64, arg->pair[1]);
    case ARG_EXTENTS: return extents(arena, arg, sizes);
    case ARG_SIDES:
        return four || sizes != TORCH_SHORT ? tuple(arena, arg->sides, 4) : arena_printf(arena, "%" PRId64,
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

const char *torch_attributes(Arena *arena, const Layer *layer)
{
    const LayerKind *kind = layer->kind;
    Text text = text_new(arena);
    const char *comma = "";
    for (int i = 0; kind->params[i].name; i++) {
        const Param *param = &kind->params[i];
        if (!torch_is_attribute(kind, param))
            continue;
        const char *value = param->refused ? default_text(param)
                                           : torch_argument(arena, param, &layer->args.at[i],
                                                            kind->torch.tuples ? TORCH_TUPLES : TORCH_GIVEN);
        text_printf(&text, "%s'%s': %s", comma, param->name, value);
        comma = ", ";
    }
    if (kind->torch.also) {
        text_printf(&text, "%s%s", comma, kind->torch.also);
        comma = ", ";
    }
    if (kind->torch.more) {
        text_add(&text, comma);
        kind->torch.more(&text, layer);
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
    const char *value = torch_argument(arena, param, &layer->args.at[place], TORCH_SHORT), *fallback = param->fallback;
    const char *same = layer->kind->torch.same;
    if (!layer->args.at[place].given || (strcmp(param->name, "bias") == 0 && !has_parameter(layer, "weight")))
        return true;
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
