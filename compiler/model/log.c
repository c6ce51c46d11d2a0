/* The settings `log` and `report`. */
#include <string.h>

#include "model/trainer.h"

enum { FOLDER, EVERY, IMAGES, HISTOGRAMS, GRAPH, LAYERS };

/* The layer that an item of layers= names: by its path, or by its place among all layers. NULL after reporting. */
static const Layer *layer_named(Trainer *t, Span span, const Column *item)
{
    Build *build = t->build;
    const Network *network = t->train->network;
    VEC(const char *) paths = {0};
    const char *path = item->name ? item->name : arena_printf(build->arena, "%lld", (long long)item->number);
    const int64_t place = item->number < 0 ? item->number + network->layers.count : item->number;
    for (int i = 0; i < network->layers.count; i++) {
        if (strcmp(network->layers.at[i]->path, path) == 0)
            return network->layers.at[i];
        vec_push(build->arena, paths, network->layers.at[i]->path);
    }
    if (!item->name && place >= 0 && place < network->layers.count)
        return network->layers.at[place];
    const char *closest = item->name ? diag_closest(path, paths.at, paths.count) : NULL;
    diag_error(build->diag, span, "layers expects layers of %s, but it has none called '%s'%s%s%s", network->name, path,
               closest ? "; did you mean '" : "; 'netc summary' lists them", closest ? closest : "",
               closest ? "'?" : "");
    return NULL;
}

static void add_layer(Trainer *t, Span span, const Column *item)
{
    Train *train = t->train;
    const Layer *layer = layer_named(t, span, item);
    if (!layer)
        return;
    for (int i = 0; i < train->log_layers.count; i++) {
        if (train->log_layers.at[i] == layer) {
            diag_error(t->build->diag, span, "layers names %s twice", layer->path);
            return;
        }
    }
    if (layer->out.rank != 3) {
        diag_error(t->build->diag, span, "layers expects layers that give pictures, channels x rows x columns, but %s "
                   "gives %s", layer->path, shape_text(t->build->arena, layer->out));
        return;
    }
    vec_push(t->build->arena, train->log_layers, layer);
}

static void build_images(Trainer *t, const Arg *images, const Arg *layers)
{
    Train *train = t->train;
    const Network *network = train->network;
    if (!at_least(t, "images", images, 0))
        return;
    train->log_images = (int)images->i;
    if (!t->network || !t->network->known)
        return;
    if (images->i > 0 && (network->input.rank != 3 || network->tokens)) {
        diag_error(t->build->diag, images->span, "images shows pictures, but a sample of %s is %s", network->name,
                   shape_text(t->build->arena, network->input));
        return;
    }
    if (layers->list_count && !images->i) {
        diag_error(t->build->diag, layers->span, "layers shows what layers make of the pictures of images=N: say how "
                   "many, for example images=16");
        return;
    }
    for (int i = 0; i < layers->list_count; i++)
        add_layer(t, layers->value->kind == CONSTANT_SEQUENCE ? layers->columns[i].span : layers->span,
                  &layers->columns[i]);
}

void build_log(Trainer *t)
{
    Train *train = t->train;
    Args args;
    train->log_every = 100;
    if (!bind_setting(t, SET_LOG, &args) || (!args.at[FOLDER].none && !not_empty(t, "log", &args.at[FOLDER])) ||
        !at_least(t, "every", &args.at[EVERY], 1))
        return;
    train->logs = true;
    train->log = args.at[FOLDER].none ? NULL : args.at[FOLDER].s;
    train->log_every = (int)args.at[EVERY].i;
    train->log_histograms = args.at[HISTOGRAMS].i != 0;
    train->log_graph = args.at[GRAPH].i != 0;
    build_images(t, &args.at[IMAGES], &args.at[LAYERS]);
}

void build_report(Trainer *t)
{
    Args args;
    if (!bind_setting(t, SET_REPORT, &args) || !not_empty(t, "report", &args.at[0]))
        return;
    t->train->report = args.at[0].s;
    if (!t->found[SET_LOG])
        diag_error(t->build->diag, t->found[SET_REPORT]->span, "report shows what is logged, and nothing is: add log "
                   "\"FOLDER\"");
}
