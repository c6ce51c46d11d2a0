/* The model as a graph: parameters, layers, loss. */
#include "model/model.h"

static Value *input_value(Builder *builder, OpKind kind, const char *name, Shape shape)
{
    return graph_value(builder, kind, name, NULL, NULL, NULL, shape, (Attributes){0});
}

/* in[i]: the value of layer->inputs.at[i]. */
static Value *lower_layer(Builder *builder, const Layer *layer, Value *const *in)
{
    Graph *graph = builder->graph;
    builder->layer = layer->path;
    builder->span = layer->span;
    if (layer->kind->join)
        return layer->kind->join(builder, layer, in);
    Value **parameter = arena_alloc(graph->arena, (size_t)(layer->parameters.count + 1) * sizeof *parameter);
    for (int i = 0; i < layer->parameters.count; i++) {
        parameter[i] =
            input_value(builder, OP_PARAMETER, layer->parameters.at[i]->name, layer->parameters.at[i]->shape);
        parameter[i]->parameter = layer->parameters.at[i];
    }
    return layer->kind->lower(builder, layer, in[0], parameter);
}

bool train_takes_bytes(const Train *train)
{
    return train->data.data->bytes && (!train->test.data || train->test.data->bytes);
}

/* made: the model's input and what its layers make. */
static void show_layers(Graph *graph, const Train *train, Value *const *made)
{
    for (int i = 0; i < train->log_layers.count; i++) {
        const Layer *layer = train->log_layers.at[i];
        Value *value = made[layer->index + 1];
        const char *name = arena_printf(graph->arena, "%s: %s", layer->path, layer->kind->name);
        value->shown = true;
        vec_push(graph->arena, graph->shown, ((ShownLayer){name, value}));
    }
}

Graph *model_lower(Arena *arena, const Program *program, bool row)
{
    const Train *train = program->train;
    const Network *network = train ? train->network : program->networks.at[0];
    Graph *graph = graph_new(arena);
    Builder builder = {.graph = graph, .layer = "", .span = network->span};
    Attributes raw = {.bytes = train && train_takes_bytes(train)};
    Value *x = graph->input = graph_value(&builder, OP_INPUT, "input", NULL, NULL, NULL, network->input, raw);
    if (network->tokens)
        x->type = TYPE_I64;
    Value **made = arena_alloc(arena, (size_t)(network->layers.count + 1) * sizeof *made);
    made[0] = x; /* the model's input; behind it, what the layers make */
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        Value **in = arena_alloc(arena, (size_t)layer->inputs.count * sizeof *in);
        for (int k = 0; k < layer->inputs.count; k++)
            in[k] = made[layer->inputs.at[k].from ? layer->inputs.at[k].from->index + 1 : 0];
        made[i + 1] = x = lower_layer(&builder, layer, in);
    }
    graph->output = x;
    if (train)
        show_layers(graph, train, made);
    builder.layer = "";
    builder.span = train ? train->loss_span : network->span;
    if (x->shape.rank > 1 && (train || row)) { /* losses take the elements of an output in a row */
        int64_t elements = shape_count(x->shape);
        graph->output = graph_value(&builder, OP_RESHAPE, "output", x, NULL, NULL, shape_of(1, &elements),
                                    (Attributes){0});
    }
    if (!train)
        return graph;
    bool classes = train->loss->classes;
    Shape places = shape_places(network->output);
    graph->target = input_value(&builder, OP_TARGET, "target", classes ? places : graph->output->shape);
    graph->target->type = classes ? TYPE_I64 : TYPE_F32;
    LossSettings *settings = arena_make(arena, LossSettings);
    *settings = (LossSettings){
        .runtime = train->loss->runtime, .classes = classes, .places = classes ? shape_count(places) : 1};
    train->loss->settings(arena, &train->loss_args, network->output, settings);
    graph->loss = graph_value(&builder, OP_LOSS, "loss", graph->output, graph->target, NULL, (Shape){0},
                              (Attributes){.loss = settings});
    return graph;
}
