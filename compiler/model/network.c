/* A model: the shape of its input, and its body. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "model/build.h"

/* The shape of one sample: positive whole numbers. */
static bool input_shape(Build *build, const Syntax *syntax, Shape *shape)
{
    Span head = span_join(syntax->name_span, syntax->items.count ? syntax->items.at[syntax->items.count - 1]->span
                                                                 : syntax->name_span);
    *shape = (Shape){0};
    if (syntax->items.count < 1 || syntax->items.count > MAX_SAMPLE_RANK) {
        diag_error(build->diag, head,
                   "model '%s' expects the shape of one sample, such as (3, 32, 32), but gets %d numbers%s",
                   syntax->name, syntax->items.count,
                   syntax->items.count == MAX_SAMPLE_RANK + 1 ? ": leave the batch out" : "");
        return false;
    }
    int64_t count = 1;
    for (int i = 0; i < syntax->items.count; i++) {
        const Syntax *argument = syntax->items.at[i];
        if (argument->name) {
            diag_error(build->diag, argument->name_span, "shape of a sample is numbers without names");
            return false;
        }
        if (argument->value->kind == SYNTAX_NAME && strcmp(bare_name(argument->value->name), "Module") == 0) {
            diag_error(build->diag, argument->span, "model has the shape of one sample in parentheses: (3, 32, 32)");
            return false;
        }
        Constant value = evaluate(build, argument->value);
        if (value.kind == CONSTANT_BROKEN)
            return false;
        if (value.kind != CONSTANT_INT || value.i < 1 || value.i > INT_MAX) {
            diag_error(build->diag, argument->span, "shape of a sample is positive whole numbers but gets %s%s",
                       constant_text(build->arena, value),
                       value.kind == CONSTANT_SEQUENCE ? ": leave the inner parentheses out" : "");
            return false;
        }
        if (__builtin_mul_overflow(count, value.i, &count) || count > INT_MAX) {
            diag_error(build->diag, head, "shape of a sample has more than %d elements", INT_MAX);
            return false;
        }
        shape->dim[shape->rank++] = value.i;
    }
    return true;
}

/* What reads the model's input must agree on what it is: floats, or whole numbers for embeddings. */
static bool check_tokens(Build *build, Network *network)
{
    const Layer *table = NULL, *other = NULL;
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        if (layer->tokens) {
            table = table ? table : layer;
            network->tokens = !network->tokens || layer->tokens < network->tokens ? layer->tokens : network->tokens;
        } else if (!layer->previous || (layer->joins && !layer->other)) {
            other = other ? other : layer;
        }
    }
    if (!table || !other)
        return true;
    diag_error(build->diag, other->name_span, "%s takes the model's input as floats, but for %s it is whole numbers",
               other->kind->name, table->kind->name);
    diag_note(build->diag, table->span, "%s is here", table->kind->name);
    return false;
}

void build_network(Build *build, const Syntax *syntax)
{
    Network *network = arena_make(build->arena, Network);
    network->name = syntax->name;
    network->span = syntax->name_span;
    NetworkEntry entry = {.network = network};
    Chain chain = {.network = network, .known = true};
    chain.known &= input_shape(build, syntax, &network->input);
    chain.shape = network->input;
    chain.span = syntax->items.count
                     ? span_join(syntax->items.at[0]->span, syntax->items.at[syntax->items.count - 1]->span)
                     : syntax->name_span;
    if (syntax->body)
        add_body(build, &chain, syntax->body, "");
    if (!network->layers.count && chain.known)
        diag_error(build->diag, network->span, "model '%s' has no layers", network->name);
    chain.known = chain.known && check_tokens(build, network);
    network->output = chain.shape;
    entry.known = chain.known && network->layers.count > 0;
    vec_push(build->arena, build->networks, entry);
    vec_push(build->arena, build->program->networks, network);
}
