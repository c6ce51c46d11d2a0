#include "torch.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Values, as Python shows them -------------------------------------------------------------------------------- */

/* The shortest digits that give the number back, as repr(float) has them: 1e-05, 0.1, 2.0. */
static void print_float(Text *out, double value)
{
    enum { MOST_DIGITS = 17, FIXED_FROM = -4, FIXED_TO = 16 };
    char digits[40];
    int precision = 0;
    do
        snprintf(digits, sizeof digits, "%.*e", precision, value);
    while (strtod(digits, NULL) != value && ++precision < MOST_DIGITS);
    int exponent = atoi(strchr(digits, 'e') + 1);
    if (exponent < FIXED_FROM || exponent >= FIXED_TO)
        text_add(out, digits);
    else
        text_printf(out, "%.*f", precision > exponent ? precision - exponent : 1, value);
}

static void print_constant(Text *out, const Constant *value, const char *quote)
{
    switch (value->kind) {
    case CONSTANT_INT: text_printf(out, "%" PRId64, value->i); break;
    case CONSTANT_FLOAT: print_float(out, value->f); break;
    case CONSTANT_BOOL: text_add(out, value->i ? "True" : "False"); break;
    case CONSTANT_STRING: text_printf(out, "%s%s%s", quote, value->s, quote); break;
    case CONSTANT_SEQUENCE:
        text_add(out, "(");
        for (int i = 0; i < value->count; i++) {
            text_add(out, i ? ", " : "");
            print_constant(out, &value->items[i], quote);
        }
        text_add(out, value->count == 1 ? ",)" : ")");
        break;
    default: text_add(out, "None"); break;
    }
}

static void print_tuple(Text *out, const int64_t *numbers, int count)
{
    for (int i = 0; i < count; i++)
        text_printf(out, "%s%" PRId64, i ? ", " : "(", numbers[i]);
    text_add(out, count == 1 ? ",)" : ")");
}

/* ---- A layer's arguments ----------------------------------------------------------------------------------------- */

/* A word of LayerKind's help.printed: NAME is an argument, shown as it was given; with NAME= its name goes before it.
 * Behind these: () as a tuple, as torch keeps it; |OTHER, where it is None, what OTHER is; &OTHER, False where OTHER is
 * False; . as a float; ? only where it is not the default; ' strings in quotes. */
typedef struct Shown {
    const char *name, *other; /* NULL: no other */
    bool named, tuple, instead, both, real, changed;
    const char *quote;
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
    Shown shown = {.quote = ""};
    shown.name = letters(arena, at);
    while (**at && **at != ' ') {
        char sign = *(*at)++;
        switch (sign) {
        case '=': shown.named = true; break;
        case '(': shown.tuple = true; break;
        case '.': shown.real = true; break;
        case '?': shown.changed = true; break;
        case '\'': shown.quote = "'"; break;
        case '|':
        case '&':
            *(sign == '|' ? &shown.instead : &shown.both) = true;
            shown.other = letters(arena, at);
            break;
        default: break; /* the end of () */
        }
    }
    *at += strspn(*at, " ");
    return shown;
}

static bool is_default(Arena *arena, const Param *param, const Arg *arg)
{
    if (!arg->given)
        return true;
    bool pair = param->type == ARG_PAIR || param->type == ARG_PADDING || param->type == ARG_SINGLE ||
                param->type == ARG_SINGLE_PADDING;
    if (pair && !arg->s)
        return arg->pair[0] == atoi(param->fallback) && arg->pair[1] == arg->pair[0];
    Text text = text_new(arena);
    print_constant(&text, arg->value, "\"");
    return strcmp(text.bytes, param->fallback) == 0;
}

static void print_as_tuple(Text *out, const Layer *layer, const Param *param, const Arg *arg)
{
    switch (param->type) {
    case ARG_PAIR: print_tuple(out, arg->pair, 2); break;
    case ARG_SINGLE: print_tuple(out, &arg->pair[1], 1); break;
    case ARG_SIDES: print_tuple(out, arg->sides, 4); break;
    case ARG_PADDING:
    case ARG_SINGLE_PADDING:
        if (arg->s)
            text_add(out, arg->s);
        else
            print_tuple(out, &arg->pair[param->type == ARG_SINGLE_PADDING], 2 - (param->type == ARG_SINGLE_PADDING));
        break;
    default: /* normalized_shape: _ is the last dimension */
        if (arg->value->kind == CONSTANT_INFER)
            print_tuple(out, &layer->in.dim[layer->in.rank - 1], 1);
        else if (arg->value->kind == CONSTANT_SEQUENCE)
            print_constant(out, arg->value, "");
        else
            print_tuple(out, &arg->value->i, 1);
    }
}

static void print_as_floats(Text *out, const Constant *value)
{
    bool several = value->kind == CONSTANT_SEQUENCE;
    for (int i = 0; i < (several ? value->count : 1); i++) {
        const Constant *one = several ? &value->items[i] : value;
        text_add(out, i ? ", " : several ? "(" : "");
        print_float(out, one->kind == CONSTANT_FLOAT ? one->f : (double)one->i);
    }
    text_add(out, several ? ")" : "");
}

static const Arg *find_arg(const Layer *layer, const char *name)
{
    return &layer->args.at[signature_find(layer->kind->params, name)];
}

static void print_argument(Text *out, const Layer *layer, const Shown *shown)
{
    const Param *param = &layer->kind->params[signature_find(layer->kind->params, shown->name)];
    const Arg *arg = find_arg(layer, shown->name);
    if (shown->instead && arg->value->kind == CONSTANT_NONE)
        arg = find_arg(layer, shown->other);
    if (shown->named)
        text_printf(out, "%s=", shown->name);
    if (shown->both)
        text_add(out, arg->i && find_arg(layer, shown->other)->i ? "True" : "False");
    else if (shown->tuple)
        print_as_tuple(out, layer, param, arg);
    else if (shown->real)
        print_as_floats(out, arg->value);
    else if (arg->value->kind == CONSTANT_INFER)
        text_printf(out, "%" PRId64, arg->i);
    else
        print_constant(out, arg->value, shown->quote);
}

static void print_layer(Text *out, const Layer *layer)
{
    const char *at = layer->kind->help.printed, *comma = "";
    text_printf(out, "%s(", layer->kind->name);
    while (at && *at) {
        const Shown shown = next_shown(out->arena, &at);
        const Param *param = &layer->kind->params[signature_find(layer->kind->params, shown.name)];
        if (shown.changed && is_default(out->arena, param, find_arg(layer, shown.name)))
            continue;
        text_add(out, comma);
        print_argument(out, layer, &shown);
        comma = ", ";
    }
    text_add(out, ")");
}

/* ---- Modules ----------------------------------------------------------------------------------------------------- */

static void print_module(Text *out, const Module *module, int level)
{
    if (module->kind) {
        print_layer(out, module->layer);
        return;
    }
    text_printf(out, "%s(", module->title);
    for (int i = 0; i < module->children.count; i++) {
        text_add(out, "\n");
        text_pad(out, ' ', 2 * (level + 1));
        text_printf(out, "(%s): ", module->children.at[i]->name);
        print_module(out, module->children.at[i], level + 1);
    }
    if (module->children.count) {
        text_add(out, "\n");
        text_pad(out, ' ', 2 * level);
    }
    text_add(out, ")");
}

void torch_print(Text *out, const Network *network)
{
    print_module(out, network->root, 0);
    text_add(out, "\n");
}
