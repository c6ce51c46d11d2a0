/* The frame of the file, and main: the train block, statement by statement. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/parameter_layout.h"

static const char *argument(Frame *f, const Param *param, const Arg *arg)
{
    switch (param->type) {
    case ARG_FLOAT:
        return arena_printf(f->arena, "%s", text_double(f->arena, arg->f));
    case ARG_STRING:
    case ARG_WORD: {
        if (arg->none)
            return "0";
        Text text = text_new(f->arena);
        text_add_quoted(&text, arg->s);
        return text.bytes;
    }
    case ARG_FLOATS: {
        Text text = text_new(f->arena);
        for (int i = 0; i < arg->list_count; i++)
            text_printf(&text, "%s%s", i ? ", " : "(const double[]){", text_double(f->arena, arg->list[i]));
        text_add(&text, "}");
        return text.bytes;
    }
    case ARG_COLUMNS: {
        Text text = text_new(f->arena);
        if (!arg->list_count)
            return arg->none ? "-1, 0" : "0, 0";
        text_printf(&text, "%d, (const struct nc_column[]){", arg->list_count);
        for (int i = 0; i < arg->list_count; i++) {
            text_add(&text, i ? ", {" : "{");
            if (arg->columns[i].name)
                text_add_quoted(&text, arg->columns[i].name);
            else
                text_add(&text, "0");
            text_printf(&text, ", %lld}", (long long)arg->columns[i].number);
        }
        text_add(&text, "}");
        return text.bytes;
    }
    case ARG_BOOL:
        return arg->none ? "-1" : arg->i ? "1" : "0";
    case ARG_NUMBERS:
        return arena_printf(f->arena, "%s, %s", text_double(f->arena, arg->list[0]),
                            text_double(f->arena, arg->list[1]));
    case ARG_PAIR:
        return arena_printf(f->arena, "%lld, %lld", (long long)arg->pair[0], (long long)arg->pair[1]);
    default:
        break;
    }
    return arena_printf(f->arena, "%lld", (long long)arg->i);
}

/* The arguments of a runtime call that has come to `column`, in the signature's order; what netc only knows at its
 * default, and what is a call of its own, is not handed on. Lists are followed, once and last, by their length. */
static const char *arguments(Frame *f, const Param *params, const Args *args, size_t column)
{
    enum { INDENT = 8, WIDTH = 118 };
    Text text = text_new(f->arena);
    int list = 0;
    for (int i = 0; params[i].name; i++) {
        if (params[i].refused || params[i].type == ARG_CALL)
            continue;
        const char *one = argument(f, &params[i], &args->at[i]);
        bool fits = column + 2 + strlen(one) < WIDTH;
        text_printf(&text, "%s%s", fits ? ", " : ",\n        ", one);
        column = (fits ? column + 2 : INDENT) + strlen(one);
        if (params[i].type == ARG_FLOATS)
            list = args->at[i].list_count;
    }
    if (list)
        text_printf(&text, ", %d", list);
    return text.bytes;
}

/* What a view of data sets is given: them, and what is taken of them. */
static const char *view_arguments(Frame *f, const Data *data)
{
    Text text = text_new(f->arena);
    const Arg *list = &data->args.at[1];
    if (data->kind->view == VIEW_CONCAT) {
        for (int i = 0; i < data->of.count; i++)
            text_printf(&text, "%s%s", i ? ", " : ", (struct nc_data *const[]){", data->of.at[i]->variable);
        text_printf(&text, "}, %d", data->of.count);
        return text.bytes;
    }
    text_printf(&text, ", %s", data->of.at[0]->variable);
    if (data->kind->view == VIEW_SPLIT) {
        for (int i = 0; i < list->list_count; i++)
            text_printf(&text, "%s%s", i ? ", " : ", (const double[]){", text_double(f->arena, list->list[i]));
        text_printf(&text, "}, %d, %d, %lldu", list->list_count, data->part, (long long)data->args.at[2].i);
        return text.bytes;
    }
    int runs = 0;
    text_add(&text, ", (const long long[][3]){");
    for (int i = 0, next; i < list->list_count; i = next, runs++) {
        double step = i + 1 < list->list_count ? list->list[i + 1] - list->list[i] : 1;
        for (next = i + 1; next < list->list_count && list->list[next] - list->list[next - 1] == step;)
            next++;
        text_printf(&text, "%s{%.0f, %.0f, %d}", runs ? ", " : "", list->list[i], step, next - i);
    }
    text_printf(&text, "}, %d", runs);
    return text.bytes;
}

/* The data set, and before it what it is a view of. Each is emitted once. */
static void emit_data_set(Frame *f, const Data *data)
{
    for (int i = 0; i < f->emitted.count; i++)
        if (f->emitted.at[i] == data)
            return;
    vec_push(f->arena, f->emitted, data);
    for (int i = 0; i < data->of.count; i++)
        emit_data_set(f, data->of.at[i]);
    const char *call = arena_printf(f->arena, "    struct nc_data *%s = %s(run, \"%s\"", data->variable,
                                    data->kind->runtime, data->name);
    text_printf(&f->text, "%s%s);\n", call, data->kind->view ? view_arguments(f, data)
                                            : arguments(f, data->kind->params, &data->args, strlen(call)));
    for (int i = 0; data->kind->params[i].name; i++)
        if (data->kind->params[i].type == ARG_CALL && data->args.at[i].i)
            text_printf(&f->text, "    nc_%s(%s);\n", data->kind->params[i].name, data->variable);
    for (int i = 0; i < data->transforms.count; i++) {
        const Transform *transform = &data->transforms.at[i];
        const TransformKind *kind = transform->kind;
        call = arena_printf(f->arena, "    %s(%s", kind->runtime, data->variable);
        text_printf(&f->text, "%s%s);\n", call, kind->arguments ? kind->arguments(f->arena, &transform->args) :
                    arguments(f, kind->params, &transform->args, strlen(call)));
    }
    if (data->kind->bytes && !train_takes_bytes(f->program->train))
        text_printf(&f->text, "    nc_as_floats(%s);\n", data->variable);
}

static void emit_loader(Frame *f, const Loader *loader, const char *use)
{
    text_printf(&f->text, "    nc_%s_data(run, %s, %d, %d, %d); /* batch_size, shuffle, drop_last */\n", use,
                loader->data->variable, loader->batch_size, loader->shuffle, loader->drop_last);
    if (loader->num_workers)
        text_printf(&f->text, "    nc_%s_workers(run, %d, %d); /* num_workers, prefetch_factor */\n", use,
                    loader->num_workers, loader->prefetch_factor);
    if (loader->every > 1)
        text_printf(&f->text, "    nc_test_every(run, %d);\n", loader->every);
    if (loader->views)
        text_printf(&f->text, "    nc_test_views(run, \"%s\", %s);\n", loader->views, f->program->train->loss->runtime);
    text_add(&f->text, "\n");
}

/* ---- The optimizer and what goes with it ------------------------------------------------------------------------- */

/* What a part has for itself: a line a value. */
static void emit_part(Frame *f, const OptimizerPart *part)
{
    const Param *params = f->program->train->optimizer->params;
    text_add(&f->text, "    nc_part(run, ");
    text_add_quoted(&f->text, part->name);
    text_printf(&f->text, ", %d, (const int[]){", part->parameters.count);
    for (int i = 0; i < part->parameters.count; i++)
        text_printf(&f->text, "%s%d", i ? ", " : "", parameter_number(f, part->parameters.at[i]));
    text_add(&f->text, "});\n");
    for (int i = 0; params[i].name; i++)
        if (part->own[i])
            text_printf(&f->text, "    nc_part_value(run, \"%s\", %d, (const double[]){%s});\n", params[i].name,
                        params[i].type == ARG_NUMBERS ? 2 : 1, argument(f, &params[i], &part->args.at[i]));
}

/* A call that makes a scheduler; the list of those that it holds has a line for each. */
static const char *scheduler_call(Frame *f, const Scheduler *s)
{
    Text text = text_new(f->arena);
    text_printf(&text, "%s(run", s->kind->runtime);
    if (!s->kind->several) {
        text_printf(&text, "%s)", arguments(f, s->kind->params, &s->args, 0));
        return text.bytes;
    }
    text_printf(&text, ", %d, (struct nc_scheduler *const[]){", s->children.count);
    for (int i = 0; i < s->children.count; i++)
        text_printf(&text, "%s\n        %s", i ? "," : "", scheduler_call(f, s->children.at[i]));
    text_add(&text, "}");
    if (s->kind->params[1].name)
        text_printf(&text, ", %s", s->children.count > 1 ? argument(f, &s->kind->params[1], &s->args.at[1]) : "NULL");
    text_add(&text, ")");
    return text.bytes;
}

/* A comment that tells what a call's arguments are, in their order, and a blank before it. */
static const char *parameter_names(Frame *f, const Param *params)
{
    Text text = text_new(f->arena);
    for (int i = 0; params[i].name; i++) {
        if (!params[i].refused && params[i].type != ARG_CALL)
            text_printf(&text, "%s%s", text.length ? ", " : " /* ", params[i].name);
    }
    text_add(&text, text.length ? " */" : "");
    return text.bytes;
}

static void emit_learning(Frame *f)
{
    static const char *const metrics[] = {"NONE", "TEST_LOSS", "TEST_ACCURACY", "TRAIN_LOSS", "TRAIN_ACCURACY"};
    const Train *train = f->program->train;
    const char *names = parameter_names(f, train->optimizer->params);
    const char *call = arena_printf(f->arena, "    %s(run%s);", train->optimizer->runtime,
                                    arguments(f, train->optimizer->params, &train->optimizer_args, 0));
    const bool fits = !strchr(call, '\n') && strlen(call) + strlen(names) <= 120;
    if (fits)
        text_printf(&f->text, "%s%s\n", call, names);
    else
        text_printf(&f->text, "   %s\n%s\n", names, call);
    for (int i = 0; i < train->parts.count; i++)
        emit_part(f, &train->parts.at[i]);
    if (train->clip_norm > 0)
        text_printf(&f->text, "    nc_clip_norm(run, %s);\n", text_double(f->arena, train->clip_norm));
    if (train->clip_value > 0)
        text_printf(&f->text, "    nc_clip_value(run, %s);\n", text_double(f->arena, train->clip_value));
    if (train->accumulate > 1)
        text_printf(&f->text, "    nc_accumulate(run, %d);\n", train->accumulate);
    if (train->lookahead)
        text_printf(&f->text, "    nc_lookahead(run%s);\n",
                    arguments(f, vocabulary_settings[SET_LOOKAHEAD].params, train->lookahead, 0));
    if (train->scheduler)
        text_printf(&f->text, "    nc_schedule(run, %s, NC_EVERY_%s, NC_METRIC_%s);\n",
                    scheduler_call(f, train->scheduler), train->every_batch ? "BATCH" : "EPOCH",
                    metrics[train->metric]);
}

/* ---- Data -------------------------------------------------------------------------------------------------------- */

static void emit_data(Frame *f, const Loader *loader, const char *use)
{
    if (!loader->data)
        return;
    emit_data_set(f, loader->data);
    emit_loader(f, loader, use);
}

static void emit_text_call(Frame *f, const char *function, const char *text, const char *more)
{
    if (!text)
        return;
    text_printf(&f->text, "    %s(run, ", function);
    text_add_quoted(&f->text, text);
    text_printf(&f->text, "%s);\n", more);
}

static void emit_load(Frame *f, const Train *train)
{
    emit_text_call(f, "nc_load", train->load, train->load_loose ? ", 0" : ", 1");
    emit_text_call(f, "nc_load_prefix", train->load_prefix, "");
    if (!train->load_rename_count)
        return;
    text_add(&f->text, "    static const char *const renames[][2] = {");
    for (int i = 0; i < train->load_rename_count; i++) {
        text_add(&f->text, i ? ", {" : "{");
        text_add_quoted(&f->text, train->load_renames[2 * i]);
        text_add(&f->text, ", ");
        text_add_quoted(&f->text, train->load_renames[2 * i + 1]);
        text_add(&f->text, "}");
    }
    text_printf(&f->text, "};\n    nc_load_rename(run, %d, renames);\n", train->load_rename_count);
}

/* What is saved, which files stay, and what ends the run early. */
static void emit_keeping(Frame *f, const Train *train)
{
    emit_text_call(f, "nc_save", train->save, "");
    if (train->save_every)
        text_printf(&f->text, "    nc_save_every(run, %d, \"%s\");\n", train->save_every, train->save_unit);
    if (train->save_keep)
        text_printf(&f->text, "    nc_save_keep(run, %d);\n", train->save_keep);
    emit_text_call(f, "nc_save_best", train->save_best, "");
    if (train->stop)
        text_printf(&f->text, "    nc_stop(run%s);\n",
                    arguments(f, vocabulary_settings[SET_STOP].params, train->stop, 0));
}

/* The files that the network begins with, the first change's first; `depth`: how many changes are behind it. */
static void emit_weights(Frame *f, const Network *network, int depth)
{
    if (!network)
        return;
    emit_weights(f, network->base, depth + 1);
    if (!network->weights)
        return;
    text_add(&f->text, "    nc_weights(run, ");
    text_add_quoted(&f->text, network->weights);
    text_add(&f->text, ", ");
    text_add_quoted(&f->text, network->base->name);
    text_printf(&f->text, ", origins%d, %d);\n", depth, network->base->parameters.count);
}

void emit_main(Frame *f)
{
    const Train *train = f->program->train;
    text_add(&f->text, "int main(int argc, char **argv)\n{\n"
                       "    struct nc_run *run = nc_start(&model, argc, argv);\n\n");
    if (f->shared)
        text_add(&f->text, "    nc_ranks(run, &nc_mpi);\n");
    emit_data(f, &train->data, "train");
    emit_data(f, &train->test, "test");
    if (train->has_seed)
        text_printf(&f->text, "    nc_seed(run, %lluu);\n", (unsigned long long)train->seed);
    if (train->threads)
        text_printf(&f->text, "    nc_threads(run, %d);\n", train->threads);
    if (f->carries_device)
        text_printf(&f->text, "    nc_device(run, &device, \"%s\");\n", train->device);
    emit_weights(f, train->network, 0);
    emit_load(f, train);
    emit_learning(f);
    for (int i = 0; i < train->measures.count; i++) {
        const MetricKind *kind = train->measures.at[i].kind;
        text_printf(&f->text, "    %s(run%s);\n", kind->runtime,
                    kind->arguments(f->arena, &train->measures.at[i].args, train->loss));
    }
    text_printf(&f->text, "    nc_epochs(run, %d);\n", train->epochs);
    emit_log(f);
    emit_keeping(f, train);
    if (!train->load && !train->save)
        text_add(&f->text, "    nc_checkpoints(run);\n");
    if (train->save_whole)
        emit_objects(f);
    if (f->profile)
        text_printf(&f->text, "    nc_profile(run, kernels, %d);\n", f->plans->layout->kernel_count);
    text_add(&f->text, "    return nc_train(run);\n}\n");
}

/* The table of layers, as the file's first comment. */
static void emit_banner(Frame *f)
{
    const Network *network = f->network;
    const char *slash = strrchr(f->program->source->path, '/');
    text_printf(&f->text, "/* %s: %s of %s. Written by netc: change the .net file instead.\n *\n",
                network->name, f->program->train ? "a trainer for the model" : "the forward pass of the model",
                slash ? slash + 1 : f->program->source->path);
    layer_table(&f->text, network);
    text_printf(
        &f->text,
        " *\n"
        " * A batch of %d is cut into shards of %d samples, each with its own gradients, and a shard into microbatches"
        " of %d.\n"
        " * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros\n"
        " * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the\n"
        " * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the\n"
        " * block of parameters, and its gradient in that of gradients. %lld bytes of workspace serve a thread. */\n",
        f->plan->batch, f->plan->shard, f->plan->microbatch, (long long)f->plans->layout->workspace);
}

enum { NORM_PARAMETERS = 5 };

typedef VEC(const Buffer *) BufferList;

/* Whether the parameters of a batch norm stand from number `i` on, two that learn and three that are kept, each behind
 * the one before: AT_NORM names them at once. Gives the layer's name; NULL: no. */
static const char *norm_at(Frame *f, const BufferList *list, int i)
{
    static const char *const suffixes[NORM_PARAMETERS] = {"_weight", "_bias", "_running_mean", "_running_var",
                                                          "_num_batches_tracked"};
    if (i + NORM_PARAMETERS > list->count)
        return NULL;
    const Buffer *const *at = list->at + i;
    const char *weight = block_name(f->arena, at[0]) + strlen("AT_");
    const size_t tail = strlen(suffixes[0]), length = strlen(weight);
    const int64_t floats = at[0]->count;
    if (length <= tail || at[1]->offset != at[0]->offset + floats || at[3]->offset != at[2]->offset + floats ||
        at[4]->offset != at[3]->offset + floats)
        return NULL;
    const char *layer = arena_printf(f->arena, "%.*s", (int)(length - tail), weight);
    for (int k = 0; k < NORM_PARAMETERS; k++) {
        if (strcmp(block_name(f->arena, at[k]) + strlen("AT_"), arena_printf(f->arena, "%s%s", layer, suffixes[k])))
            return NULL;
    }
    return layer;
}

static void define_norm_offsets(Frame *f)
{
    text_add(&f->text, "\n/* Where the parameters of a batch norm start: those that learn, and those that are kept."
                       " */\n"
                       "#define AT_NORM(layer, learned, kept, floats) \\\n"
                       "    AT_##layer##_weight = learned, AT_##layer##_bias = learned + floats, \\\n"
                       "    AT_##layer##_running_mean = kept, AT_##layer##_running_var = kept + floats, \\\n"
                       "    AT_##layer##_num_batches_tracked = kept + 2 * floats\n");
}

void emit_offsets(Frame *f, const Plan *plan, Space space)
{
    BufferList buffers = {0};
    Text list = text_new(f->arena);
    bool norms = false;
    for (int i = 0; i < plan->buffers.count; i++) {
        if (plan->buffers.at[i]->space == space && plan->buffers.at[i]->offset != NOWHERE)
            vec_push(f->arena, buffers, plan->buffers.at[i]);
    }
    for (int i = 0; i < buffers.count; i++) {
        const char *between = list.length ? ", " : "", *norm = norm_at(f, &buffers, i);
        if (!norm) {
            text_printf(&list, "%s%s = %lld", between, block_name(f->arena, buffers.at[i]),
                        (long long)buffers.at[i]->offset);
            continue;
        }
        norms = true;
        text_printf(&list, "%sAT_NORM(%s, %lld, %lld, %lld)", between, norm, (long long)buffers.at[i]->offset,
                    (long long)buffers.at[i + 2]->offset, (long long)buffers.at[i]->count);
        i += NORM_PARAMETERS - 1;
    }
    if (!list.length)
        return;
    if (norms)
        define_norm_offsets(f);
    text_printf(&f->text, "\n/* Where each %s starts, in floats. */\nenum {\n",
                space == SPACE_WEIGHTS   ? "parameter"
                : plan->graph->evaluates ? "norm's table of evaluation"
                                         : "parameter's packed copy");
    add_wrapped(f, list.bytes, "    ", 4);
    text_add(&f->text, "\n};\n");
}

/* What names the numbers of a batch norm and its five parameters at once. */
static void emit_norm_places(Frame *f)
{
    for (int i = 0; i < f->network->parameters.count; i++) {
        if (f->network->parameters.at[i]->kind != PARAMETER_COUNT)
            continue;
        text_add(&f->text, "\n/* A batch norm: its eps and its momentum, and where its parameters start. */\n"
                           "#define BATCH_NORM_OF(layer, least, share) \\\n"
                           "    .eps = least, .momentum = share, \\\n"
                           "    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \\\n"
                           "    .running_mean = AT_##layer##_running_mean,"
                           " .running_var = AT_##layer##_running_var, \\\n"
                           "    .batches = AT_##layer##_num_batches_tracked\n");
        return;
    }
}

/* Whether a kernel's text needs this header. */
static bool needs(const Plan *plan, const char *header)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const FamilyInfo *info = family_info(plan->kernels.at[i]->family);
        if (info->header && !strcmp(info->header, header))
            return true;
    }
    return false;
}

/* Whether an activation other than ReLU is fused into a kernel. */
static bool activates(const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Op *op = plan->kernels.at[i]->activation;
        if (op && op->kind != OP_RELU && op->kind != OP_RELU_GRAD)
            return true;
    }
    return false;
}

bool plans_need(const CpuPlans *plans, const char *header)
{
    return (plans->training && needs(plans->training, header)) ||
           (plans->evaluation && needs(plans->evaluation, header));
}

bool plans_activate(const CpuPlans *plans)
{
    return (plans->training && activates(plans->training)) || (plans->evaluation && activates(plans->evaluation));
}

void emit_plan(Frame *f, const Plan *plan)
{
    f->plan = plan;
    emit_functions(f);
    emit_steps(f);
}

const char *emit_program(const Lowering *lowering, EmitForm form, size_t *model)
{
    Arena *arena = lowering->arena;
    const Program *program = lowering->program;
    const CpuPlans *plans = lowering->plans;
    const Plan *first = plans->training ? plans->training : plans->evaluation;
    const Network *network = program->train ? program->train->network : program->networks.at[0];
    Frame f = {.arena = arena, .text = text_new(arena), .program = program, .network = network, .plans = plans,
               .plan = first, .form = form, .profile = lowering->profile && program->train,
               .shared = lowering->shared && program->train && form == EMIT_CC,
               .laps = (lowering->profile || lowering->laps) && program->train};
    share_bodies(&f);
    emit_banner(&f);
    if (form != EMIT_PLAIN)
        text_printf(&f.text, "#include \"netc.h\"\n%s#include \"vector.h\"\n%s",
                    plans_need(plans, "activations.h") || plans_activate(plans) ? "#include \"activations.h\"\n" : "",
                    plans_need(plans, "winograd.h") ? "#include \"winograd.h\"\n" : "");
    if (f.shared)
        text_add(&f.text, "#include \"engine.h\"\n");
    emit_offsets(&f, first, SPACE_WEIGHTS);
    emit_norm_places(&f);
    emit_offsets(&f, first, SPACE_PACKED);
    if (plans->training && plans->evaluation)
        emit_offsets(&f, plans->evaluation, SPACE_PACKED);
    text_add(&f.text, "\n");
    if (program->train)
        emit_loss_settings(&f);
    emit_plan(&f, first);
    if (plans->training && plans->evaluation)
        emit_plan(&f, plans->evaluation);
    f.plan = first;
    emit_tables(&f);
    if (f.profile)
        emit_profile_table(&f);
    if (model)
        *model = f.text.length;
    if (program->train && form != EMIT_OBJECT) {
        text_add(&f.text, lowering->device ? lowering->device : "");
        f.carries_device = lowering->device;
        emit_main(&f);
    }
    return f.text.bytes;
}
