/* A model: the shape of its input, its modules, and the network that they make. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "model/build.h"

/* The shape of one sample: positive whole numbers. */
static bool input_shape(Build *build, const Model *model, Shape *shape)
{
    const Syntax *syntax = model->syntax;
    int numbers = model->first_param;
    Span head = span_join(syntax->name_span, numbers ? syntax->items.at[numbers - 1]->span : syntax->name_span);
    *shape = (Shape){0};
    if (numbers < 1) {
        diag_error(build->diag, head, "model '%s' lacks the shape of one sample, which stands first in its "
                   "parentheses: %s(3, 32, 32%s)", syntax->name, syntax->name,
                   syntax->items.count ? arena_printf(build->arena, ", %s=...", syntax->items.at[0]->name) : "");
        return false;
    }
    if (numbers > MAX_SAMPLE_RANK) {
        diag_error(build->diag, head,
                   "model '%s' expects the shape of one sample, such as (3, 32, 32), but gets %d numbers%s",
                   syntax->name, numbers,
                   numbers == MAX_SAMPLE_RANK + 1 ? ": leave the batch out" : "");
        return false;
    }
    int64_t count = 1;
    for (int i = 0; i < numbers; i++) {
        const Syntax *argument = syntax->items.at[i];
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

static bool reads_input(const Layer *layer)
{
    for (int i = 0; i < layer->inputs.count; i++)
        if (!layer->inputs.at[i].from)
            return true;
    return false;
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
        } else if (!other && reads_input(layer)) {
            other = layer;
        }
    }
    if (!table || !other)
        return true;
    diag_error(build->diag, other->name_span, "%s takes the model's input as floats, but for %s it is whole numbers",
               other->kind->name, table->kind->name);
    diag_note(build->diag, table->span, "%s is here", table->kind->name);
    return false;
}

/* ---- Models by their names --------------------------------------------------------------------------------------- */

void build_model(Build *build, const Syntax *syntax)
{
    Model *model = arena_make(build->arena, Model);
    *model = (Model){.syntax = syntax, .file = build->file};
    while (model->first_param < syntax->items.count && !syntax->items.at[model->first_param]->name)
        model->first_param++;
    model->params = read_head(build, "model", syntax, model->first_param);
    model->broken = !model->params;
    vec_push(build->arena, build->file->models, model);
}

static Model *own_model(const File *file, const char *name)
{
    for (int i = 0; i < file->models.count; i++)
        if (strcmp(file->models.at[i]->syntax->name, name) == 0)
            return file->models.at[i];
    return NULL;
}

Model *find_model(const Build *build, const char *name)
{
    Model *model = own_model(build->file, name);
    for (int i = 0; !model && i < build->file->imports.count; i++)
        model = own_model(build->file->imports.at[i], name);
    return model;
}

/* ---- Designs ----------------------------------------------------------------------------------------------------- */

bool read_input(Build *build, const Model *model, Design *design)
{
    const Syntax *syntax = model->syntax;
    if (!input_shape(build, model, &design->input))
        return false;
    design->input_span = span_join(syntax->items.at[0]->span, syntax->items.at[model->first_param - 1]->span);
    return true;
}

/* A model is its own body, a use of a block (`model vgg11(3, 224, 224) = VGG(...)`), or a change of another model. */
static bool make_design(Build *build, Model *model, const Locals *scope, Design *design)
{
    const Syntax *syntax = model->syntax, *call = syntax->value;
    if (call && !find_block(build, call->name))
        return design_change(build, model, scope, design);
    if (!design->input.rank && !read_input(build, model, design))
        return false;
    if (syntax->value && syntax->body) {
        diag_error(build->diag, syntax->body->span, "model '%s' is a block: what is in braces changes models",
                   syntax->name);
        return false;
    }
    Expansion expansion = {.model = syntax->name};
    build->scope = scope;
    design->root = call ? make_module(build, &expansion, call, "") : make_root(build, &expansion, model);
    design->root->broken |= expansion.full;
    model->broken |= expansion.full; /* each model that changes it would count so many layers again */
    return true;
}

bool design_model(Build *build, Model *model, const Syntax *const *arguments, int count, Span call, Design *design)
{
    const Syntax *syntax = model->syntax;
    const Head head = {syntax->name, syntax, model->first_param, model->params, model->file};
    if (model->open)
        diag_error(build->diag, call, "model '%s' is made of itself", syntax->name);
    if (model->open || model->broken)
        return false;
    const Locals *scope = bind_head(build, &head, arguments, count, call, syntax->name);
    if (!scope)
        return false;
    const Locals *outside = build->scope;
    File *file = build->file;
    build->scope = NULL;
    build->file = model->file;
    model->open = true;
    bool made = make_design(build, model, scope, design);
    model->open = false;
    build->scope = outside;
    build->file = file;
    return made;
}

/* ---- Networks ---------------------------------------------------------------------------------------------------- */

/* What became of the parameters of the model that was changed: those of layers that are still there are the same, and
 * must have kept their shapes. */
static bool follow_parameters(Build *build, const Network *network)
{
    const Network *base = network->base;
    bool fits = true;
    for (int i = 0; i < base->layers.count; i++) {
        const Layer *before = base->layers.at[i], *layer = before->module->layer;
        if (before->module->network != network || layer->kind != before->kind)
            continue;
        for (int p = 0; p < before->parameters.count && p < layer->parameters.count; p++) {
            Parameter *parameter = layer->parameters.at[p];
            before->parameters.at[p]->now = parameter;
            if (!fits || shape_equal(parameter->shape, before->parameters.at[p]->shape))
                continue;
            diag_error(build->diag, network->span, "'%s' is %s before the change of model '%s' and %s behind it: "
                       "replace its layer too", before->parameters.at[p]->name,
                       shape_text(build->arena, before->parameters.at[p]->shape), network->name,
                       shape_text(build->arena, parameter->shape));
            diag_note(build->diag, layer->span, "it is here");
            fits = false;
        }
    }
    return fits;
}

const Parameter *parameter_now(const Network *network, const Parameter *parameter)
{
    while (parameter->now)
        parameter = parameter->now;
    bool there = parameter->index < network->parameters.count && network->parameters.at[parameter->index] == parameter;
    return there ? parameter : NULL;
}

bool network_has_weights(const Network *network)
{
    for (; network; network = network->base)
        if (network->weights)
            return true;
    return false;
}

static void freeze_modules(const Module *module, bool frozen)
{
    frozen = frozen || module->frozen;
    for (int i = 0; module->kind && i < module->layer->parameters.count; i++) {
        Parameter *parameter = module->layer->parameters.at[i];
        parameter->frozen = frozen && parameter->kind == PARAMETER_LEARNED;
    }
    for (int i = 0; i < module->children.count; i++)
        freeze_modules(module->children.at[i], frozen);
}

/* Where the layers of a network begin: of a change, first as those of its base, then as the added ones. */
static bool draw_all(Build *build, Network *network, const Design *design)
{
    if (!design->base)
        return collect_draws(build, network, network->root);
    for (int i = 0; i < design->base->draws.count; i++)
        vec_push(build->arena, network->draws, design->base->draws.at[i]);
    for (int i = 0; i < design->added.count; i++)
        if (design->added.at[i]->network == network && !collect_draws(build, network, design->added.at[i]))
            return false;
    return true;
}

Network *build_design(Build *build, const Design *design, Name name)
{
    Network *network = arena_make(build->arena, Network);
    *network = (Network){.name = name.text, .span = name.span, .input = design->input, .root = design->root,
                         .base = design->base, .weights = design->weights};
    place_modules(build, network->root);
    bool known = add_layers(build, network, design->input_span);
    if (known && !network->layers.count)
        diag_error(build->diag, network->span, "model '%s' has no layers", network->name);
    known = known && network->layers.count && check_tokens(build, network) &&
            (!design->base || follow_parameters(build, network)) && draw_all(build, network, design);
    if (known)
        freeze_modules(network->root, false);
    return known ? network : NULL;
}

void build_network(Build *build, Model *model)
{
    const Name name = {model->syntax->name, model->syntax->name_span};
    Design design = {0};
    Network *network = NULL;
    if (design_model(build, model, NULL, 0, name.span, &design))
        network = build_design(build, &design, name);
    NetworkEntry entry = {.network = network, .known = network != NULL};
    if (!network) {
        entry.network = arena_make(build->arena, Network);
        *entry.network = (Network){.name = name.text, .span = name.span, .input = design.input};
    }
    vec_push(build->arena, build->networks, entry);
    vec_push(build->arena, build->program->networks, entry.network);
}
