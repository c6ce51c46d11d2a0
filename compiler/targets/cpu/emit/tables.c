/* The constant tables: where parameters stand, how torch's order maps to theirs, the model as the runtime sees it. */
#include "base/character.h"
#include "base/fail.h"
#include "targets/cpu/emit/frame.h"
#include "targets/cpu/parameter_layout.h"

static const char *braced(Frame *f, int count, const int64_t *numbers)
{
    Text text = text_new(f->arena);
    for (int i = 0; i < count; i++)
        text_printf(&text, "%s%lld", i ? ", " : "{", (long long)numbers[i]);
    text_add(&text, count ? "}" : "{0}");
    return text.bytes;
}

/* ".init = NC_INIT_NORMAL, .low = 0, .high = 1": the numbers that this kind has. */
static const char *init_text(Frame *f, const Fill *fill)
{
    static const struct {
        const char *name;
        int numbers;
    } kinds[] = {
        [INIT_UNIFORM] = {"UNIFORM", 2}, [INIT_CONSTANT] = {"CONSTANT", 1},
        [INIT_NORMAL] = {"NORMAL", 2},   [INIT_TRUNC_NORMAL] = {"TRUNC_NORMAL", 4},
        [INIT_EYE] = {"EYE", 0},         [INIT_DIRAC] = {"DIRAC", 1},
        [INIT_ORTHOGONAL] = {"ORTHOGONAL", 1}, [INIT_NORMAL_PADDED] = {"NORMAL_PADDED", 1},
        [INIT_PARTIAL_DIRAC] = {"PARTIAL_DIRAC", 0}, [INIT_WHITENING] = {"WHITENING", 2},
    };
    static const char *const names[] = {"low", "high", "from", "to"};
    const double numbers[] = {fill->low, fill->high, fill->from, fill->to};
    Text text = text_new(f->arena);
    text_printf(&text, ".init = NC_INIT_%s", kinds[fill->kind].name);
    for (int i = 0; i < kinds[fill->kind].numbers; i++)
        text_printf(&text, ", .%s = %s", names[i], text_double(f->arena, numbers[i]));
    return text.bytes;
}

static void emit_parameter(Frame *f, const PlacedParameter *placed)
{
    const Parameter *p = placed->parameter;
    Text row = text_new(f->arena);
    text_add(&row, "{");
    text_add_quoted(&row, p->name);
    text_printf(&row, ", %d, %s, %s, %lld, %d, {", p->shape.rank, braced(f, p->shape.rank, p->shape.dim),
                block_name(f->arena, placed->weights), (long long)placed->weights->count, placed->axis_count);
    for (int i = 0; i < placed->axis_count; i++)
        text_printf(&row, "%s{%lld, %lld}", i ? ", " : "", (long long)placed->axis[i].size,
                    (long long)placed->axis[i].stride);
    text_add(&row, placed->axis_count ? "}, " : "{0, 0}}, ");
    if (!parameter_learns(p))
        text_printf(&row, ".kind = %s, ", p->kind == PARAMETER_COUNT  ? "NC_COUNT"
                                          : p->kind == PARAMETER_KEPT ? "NC_KEPT"
                                                                      : "NC_FROZEN");
    text_printf(&row, "%s},\n", init_text(f, &(Fill){.kind = p->init, .low = p->low, .high = p->high}));
    add_wrapped(f, row.bytes, "    ", 5);
}

/* The rows of a batch norm, all five of them, as BATCH_NORM prints them. */
static const struct NormRow {
    const char *suffix;
    ParameterKind kind;
    double low;
} norm_rows[] = {
    {".weight", PARAMETER_LEARNED, 1}, {".bias", PARAMETER_LEARNED, 0}, {".running_mean", PARAMETER_KEPT, 0},
    {".running_var", PARAMETER_KEPT, 1}, {".num_batches_tracked", PARAMETER_COUNT, 0},
};

enum { NORM_ROWS = sizeof norm_rows / sizeof *norm_rows };

/* Whether a batch norm's parameters stand in the table from number `first` on, each as torch makes it. */
static bool is_batch_norm(const ParameterLayout *layout, int first)
{
    if (first + NORM_ROWS > layout->parameters.count)
        return false;
    const PlacedParameter *weight = layout->parameters.at[first];
    const size_t tail = strlen(norm_rows[0].suffix), length = strlen(weight->parameter->name);
    for (int i = 0; i < NORM_ROWS; i++) {
        const PlacedParameter *placed = layout->parameters.at[first + i];
        const Parameter *p = placed->parameter;
        const struct NormRow *row = &norm_rows[i];
        if (length <= tail || strncmp(p->name, weight->parameter->name, length - tail) ||
            strcmp(p->name + length - tail, row->suffix) || p->kind != row->kind ||
            (row->kind == PARAMETER_LEARNED && !parameter_learns(p)) || p->init != INIT_CONSTANT || p->low != row->low)
            return false;
        if (row->kind == PARAMETER_COUNT ? p->shape.rank != 0
                                         : p->shape.rank != 1 || p->shape.dim[0] != weight->parameter->shape.dim[0] ||
                                               placed->axis_count != 1 || placed->axis[0].stride != 1 ||
                                               placed->weights->count != weight->weights->count)
            return false;
    }
    return true;
}

static void define_batch_norm(Frame *f)
{
    text_add(&f->text, "/* The five parameters of a batch norm. */\n#define BATCH_NORM(name, layer, channels, floats)");
    for (int i = 0; i < NORM_ROWS; i++) {
        const struct NormRow *row = &norm_rows[i];
        const char *name = row->suffix + 1;
        text_printf(&f->text, "%s \\\n    {name \"%s\", ", i ? "," : "", row->suffix);
        if (row->kind == PARAMETER_COUNT)
            text_printf(&f->text, "0, {0}, AT_##layer##_%s, 16, 0, {{0, 0}}, .kind = NC_COUNT", name);
        else
            text_printf(&f->text, "1, {channels}, AT_##layer##_%s, floats, 1, {{channels, 1}}%s", name,
                        row->kind == PARAMETER_KEPT ? ", .kind = NC_KEPT" : "");
        text_printf(&f->text, ", \\\n        .init = NC_INIT_CONSTANT, .low = %g}", row->low);
    }
    text_add(&f->text, "\n\n");
}

static void emit_parameters(Frame *f)
{
    const ParameterLayout *layout = f->plans->layout;
    for (int i = 0; i < layout->parameters.count; i++) {
        if (is_batch_norm(layout, i)) {
            define_batch_norm(f);
            break;
        }
    }
    text_add(&f->text, "/* Name, rank and shape; where it starts in the block, and its floats there; the loops that"
                       " visit it in torch's\n * order, each of so many rounds of so many floats; how it begins. */\n"
                       "static const struct nc_parameter parameters[] = {\n");
    for (int i = 0; i < layout->parameters.count; i++) {
        const PlacedParameter *placed = layout->parameters.at[i];
        if (!is_batch_norm(layout, i)) {
            emit_parameter(f, placed);
            continue;
        }
        const char *name = placed->parameter->name;
        const int length = (int)(strlen(name) - strlen(norm_rows[0].suffix));
        name = arena_printf(f->arena, "%.*s", length, name);
        text_add(&f->text, "    BATCH_NORM(");
        text_add_quoted(&f->text, name);
        text_printf(&f->text, ", %s, %lld, %lld),\n", character_identifier(f->arena, name),
                    (long long)placed->parameter->shape.dim[0], (long long)placed->weights->count);
        i += NORM_ROWS - 1;
    }
    text_add(&f->text, "};\n\n");
}

int parameter_number(const Frame *f, const Parameter *parameter)
{
    for (int i = 0; i < f->plans->layout->parameters.count; i++)
        if (f->plans->layout->parameters.at[i]->parameter == parameter)
            return i;
    fail_bug("parameter %s is not in the table", parameter->name);
}

/* A parameter's number in the table; behind its end, in that of those that are gone. */
static int origin_number(Frame *f, const Parameter *parameter)
{
    const Network *network = f->network;
    const Parameter *now = parameter_now(network, parameter);
    if (now)
        return parameter_number(f, now);
    for (int i = 0; i < f->gone.count; i++)
        if (f->gone.at[i] == parameter)
            return f->plans->layout->parameters.count + i;
    fail_bug("parameter %s is nowhere", parameter->name);
}

/* Parameters that the network had before it was changed, for what is drawn for them and what files have of them. */
static void emit_gone(Frame *f)
{
    const Network *network = f->network;
    for (const Network *base = network->base; base; base = base->base)
        for (int i = 0; i < base->parameters.count; i++) {
            Parameter *parameter = base->parameters.at[i];
            if (!parameter->now && !parameter_now(network, parameter))
                vec_push(f->arena, f->gone, parameter);
        }
    if (!f->gone.count)
        return;
    text_add(&f->text, "/* What the model had before it was changed. */\n"
                       "static const struct nc_parameter gone[] = {\n");
    for (int i = 0; i < f->gone.count; i++) {
        const Parameter *p = f->gone.at[i];
        text_add(&f->text, "    {.name = ");
        text_add_quoted(&f->text, p->name);
        if (p->shape.rank)
            text_printf(&f->text, ", .rank = %d, .shape = %s, .axis_count = 1, .axes = {{%lld, 1}}", p->shape.rank,
                        braced(f, p->shape.rank, p->shape.dim), (long long)shape_count(p->shape));
        text_add(&f->text, "},\n");
    }
    text_add(&f->text, "};\n\n");
}

/* Whether torch draws all parameters in their own order, as their layers have it, before anything else. */
static bool draws_plainly(const Network *network)
{
    for (int i = 0; i < network->parameters.count; i++) {
        const Parameter *p = network->parameters.at[i];
        const Init *draw = i < network->draws.count ? &network->draws.at[i] : NULL;
        if (!draw || draw->parameter != p || draw->fill.kind != p->init ||
            draw->fill.low != p->low || draw->fill.high != p->high)
            return false;
    }
    return true;
}

/* Whether nothing is drawn for it. */
static bool is_fixed(const Fill *fill)
{
    return fill->kind == INIT_CONSTANT || fill->kind == INIT_EYE || fill->kind == INIT_DIRAC ||
           fill->kind == INIT_PARTIAL_DIRAC || fill->kind == INIT_WHITENING;
}

static int emit_fills(Frame *f)
{
    const Train *train = f->program->train;
    const Network *network = f->network;
    VEC(Init) fills = {0};
    for (int i = f->draws_plainly ? network->parameters.count : 0; i < network->draws.count; i++)
        if (parameter_now(network, network->draws.at[i].parameter) || !is_fixed(&network->draws.at[i].fill))
            vec_push(f->arena, fills, network->draws.at[i]);
    for (int i = 0; train && i < train->inits.count; i++)
        vec_push(f->arena, fills, train->inits.at[i]);
    if (fills.count)
        text_add(&f->text, "static const struct nc_fill fills[] = {\n");
    for (int i = 0; i < fills.count; i++) {
        text_printf(&f->text, "    {.parameter = %d, %s},\n", origin_number(f, fills.at[i].parameter),
                    init_text(f, &fills.at[i].fill));
    }
    if (fills.count)
        text_add(&f->text, "};\n\n");
    return fills.count;
}

/* Where the parameters of each file go that the network begins with, from the last change to the first. */
static void emit_origins(Frame *f)
{
    int depth = 0;
    for (const Network *network = f->network; network; network = network->base, depth++) {
        if (!network->weights)
            continue;
        text_printf(&f->text, "/* Where the parameters of a file of %s go. */\n"
                              "static const struct nc_origin origins%d[] = {\n", network->base->name, depth);
        for (int i = 0; i < network->base->parameters.count; i++) {
            const Parameter *parameter = network->base->parameters.at[i];
            text_add(&f->text, "    {");
            text_add_quoted(&f->text, parameter->name);
            text_printf(&f->text, ", %d},\n", origin_number(f, parameter));
        }
        text_add(&f->text, "};\n\n");
    }
}

static void emit_dropouts(Frame *f)
{
    text_add(&f->text, "static const struct nc_dropout dropouts[] = {\n");
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (is_dropout(kernel))
            text_printf(&f->text, "    {.elements = %lld, .p = %.17g%s},\n", (long long)dropout_draws(kernel),
                        kernel->ops[0]->attr.dropout.p,
                        kernel->ops[0]->attr.dropout.unit == DROP_EACH ? "" : ", .always = 1");
    }
    text_add(&f->text, "};\n\n");
}

static int last_forward(const Plan *plan, const Phase *phase)
{
    int last = -1;
    for (int i = phase->first; i <= phase->last; i++)
        last = plan->kernels.at[i]->stage == STAGE_FORWARD ? i : last;
    return last;
}

/* The buffer a forward kernel leaves behind its phase for all samples, or NULL. */
static const Buffer *left_behind(const Plan *plan, const Kernel *kernel)
{
    if (kernel->stage != STAGE_FORWARD)
        return NULL;
    const Buffer *buffer = kernel->operand[kernel->output].buffer;
    bool stays = buffer && buffer->element == ELEMENT_FLOAT && buffer->per_sample &&
                 buffer->last >= last_forward(plan, &plan->phases.at[kernel->phase]);
    /* Where others write some of its channels too, the last one leaves it. */
    for (int i = kernel->id + 1; stays && i < plan->kernels.count; i++) {
        const Kernel *later = plan->kernels.at[i];
        stays = later->stage != STAGE_FORWARD || later->operand[later->output].buffer != buffer;
    }
    return stays ? buffer : NULL;
}

static int emit_probes(Frame *f)
{
    int count = 0;
    text_add(&f->text, "/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many"
                       " floats a sample;\n * which phase does; whether in the batch's memory. */\n"
                       "static const struct nc_probe probes[] = {\n");
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        const Buffer *buffer = left_behind(f->plan, kernel);
        if (!buffer)
            continue;
        count++;
        const Op *op = kernel->ops[0];
        Text row = text_new(f->arena);
        text_add(&row, "{");
        text_add_quoted(&row, op_text(f->arena, op));
        text_printf(&row, ", %d, %lld, %lld, %d, %d},\n", op_line(op), (long long)buffer->offset,
                    (long long)buffer->stride, kernel->phase, buffer->space == SPACE_BATCH);
        add_wrapped(f, row.bytes, "    ", 5);
    }
    text_add(&f->text, "};\n\n");
    return count;
}

/* A row of a table of phases, whose function is called in training, in evaluation or in both. */
static void emit_phase(Frame *f, const Plan *plan, const Phase *phase, bool train, bool test)
{
    Text row = text_new(f->arena);
    const char *function = phase_function(f, phase);
    const int place = phase_row(f, phase);
    text_printf(&row, "{.barriers = %d, ", phase->barriers);
    if (phase->loss && train)
        text_add(&row, ".train = train, .test = test");
    else
        text_printf(&row, "%s%s(%s", train && test ? "ALWAYS" : train ? "TRAIN" : "TEST", place < 0 ? "" : "_AT",
                    function);
    if (place >= 0)
        text_printf(&row, ", %d", place);
    text_add(&row, phase->loss && train ? "" : ")");
    if (phase->parts)
        text_printf(&row, ", .parts = %d%s", phase->parts, samples_of_part(f, plan, phase));
    text_printf(&row, "%s%s", phase->loss ? ", .loss = 1" : "", phase->learns ? ", .learns = 1" : "");
    if (place >= 0 && f->laps)
        text_printf(&row, ", .kernel = %d", plan->first_kernel + phase->first);
    text_add(&row, "},\n");
    add_wrapped(f, row.bytes, "    ", 5);
}

/* The macros that name a phase's function: for training, for evaluation, for both; with a row of its table. */
static void define_phase_macros(Frame *f)
{
    text_add(&f->text, "#define TRAIN(function) .train = function\n"
                       "#define TEST(function) .test = function\n"
                       "#define ALWAYS(function) .train = function, .test = function\n");
    if (f->repeats.count)
        text_add(&f->text, "#define TRAIN_AT(function, row) TRAIN(function), .at = &function##_at[row]\n"
                           "#define TEST_AT(function, row) TEST(function), .at = &function##_at[row]\n"
                           "#define ALWAYS_AT(function, row) ALWAYS(function), .at = &function##_at[row]\n");
    text_add(&f->text, "\n");
}

static void emit_phases(Frame *f)
{
    bool before_loss = true;
    define_phase_macros(f);
    text_add(&f->text, "/* Between phases there are barriers: so many before each. `train` is called for a microbatch"
                       " or a part, `test`\n * in evaluation. */\n"
                       "static const struct nc_phase phases[] = {\n");
    for (int i = 0; i < f->plan->phases.count; i++) {
        const Phase *phase = &f->plan->phases.at[i];
        emit_phase(f, f->plan, phase, true, before_loss || phase->loss);
        before_loss = before_loss && !phase->loss;
    }
    text_add(&f->text, "};\n\n");
}

/* Where the model's output is left. */
static void emit_output(Frame *f, const Plan *plan)
{
    const Buffer *output = plan->buffer_of[plan->graph->output->id];
    text_printf(&f->text, "    .output = {.offset = %lld, .stride = %lld%s},\n", (long long)output->offset,
                (long long)output->stride, output->space == SPACE_BATCH ? ", .in_batch = 1" : "");
}

/* How evaluation goes where it has a plan of its own. */
static void emit_evaluation_phases(Frame *f)
{
    const Plan *plan = f->plans->evaluation, *training = f->plans->training;
    text_add(&f->text, "static const struct nc_phase evaluation_phases[] = {\n");
    for (int i = 0; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        emit_phase(f, plan, phase, false, true);
    }
    text_printf(&f->text, "};\n\nstatic const struct nc_passage evaluation = {\n"
                          "    .phases = evaluation_phases, .phase_count = %d,%s%s\n",
                plan->phases.count, packs_norms(plan) ? " .pack = pack_evaluation," : "",
                plan->batch_bytes > (training ? training->batch_bytes : 0) ? " .crosses = 1," : "");
    emit_output(f, plan);
    emit_exchange_fields(f, plan);
    text_add(&f->text, "};\n\n");
}

static int64_t most_learned(const Plan *plan)
{
    int64_t most = 0;
    for (int i = 0; i < plan->kernels.count; i++) {
        const int64_t learned = kernel_learned(plan->kernels.at[i]);
        most = learned > most ? learned : most;
    }
    return most;
}

/* What a loss weighs classes or outputs with. */
static void emit_loss_weights(Frame *f, const char *name, const double *weights, int64_t count)
{
    if (!weights)
        return;
    text_printf(&f->text, "static const float %s[%lld] = {", name, (long long)count);
    for (int64_t i = 0; i < count; i++)
        text_printf(&f->text, "%s%.9g", i == 0 ? "" : i % 10 ? ", " : ",\n    ", (double)(float)weights[i]);
    text_add(&f->text, "};\n");
}

void emit_loss_settings(Frame *f)
{
    const Op *op = f->plan->graph->loss->producer;
    const LossSettings *loss = op->attr.loss;
    text_printf(&f->text, "/* %s  (line %d) */\n", f->program->train->loss->name, op_line(op));
    int64_t weighed = shape_count(f->network->output) / loss->places;
    emit_loss_weights(f, "loss_weight", loss->weight, weighed);
    emit_loss_weights(f, "loss_pos_weight", loss->pos_weight, weighed);
    static const char *const reductions[] = {
        [REDUCE_MEAN] = "NC_MEAN", [REDUCE_SUM] = "NC_SUM", [REDUCE_BATCH_MEAN] = "NC_BATCH_MEAN"};
    static const char *const outputs[] = {
        [OUTPUT_NUMBER] = "NC_NUMBER", [OUTPUT_PROBABILITY] = "NC_PROBABILITY", [OUTPUT_LOGIT] = "NC_LOGIT",
        [OUTPUT_LOG_PROBABILITY] = "NC_LOG_PROBABILITY"};
    Text row = text_new(f->arena);
    text_printf(&row, "static const struct nc_loss loss = {.output = %s, .reduction = %s",
                outputs[f->program->train->loss->output], reductions[loss->reduction]);
    if (loss->classes)
        text_printf(&row, ", .ignore_index = %lld", (long long)loss->ignore_index);
    if (loss->places > 1)
        text_printf(&row, ", .places = %lld", (long long)loss->places);
    if (loss->label_smoothing != 0)
        text_printf(&row, ", .label_smoothing = %.17g", loss->label_smoothing);
    if (loss->threshold != 0)
        text_printf(&row, ", .threshold = %.17g", loss->threshold);
    text_printf(&row, "%s%s%s%s};\n\n", loss->log_target ? ", .log_target = 1" : "",
                loss->labels_only ? ", .labels_only = 1" : "",
                loss->weight ? ", .weight = loss_weight" : "",
                loss->pos_weight ? ", .pos_weight = loss_pos_weight" : "");
    add_wrapped(f, row.bytes, "", 4);
}

/* A norm over a single value of a sample: batches of one won't do. A norm of groups is over the sample in evaluation
 * too; and one that keeps no statistics is over the batch there too. */
static void emit_lonely_norm(Frame *f)
{
    const Op *norm = NULL;
    bool tests = false, mingles = false;
    for (int i = 0; i < f->plan->graph->ops.count; i++) {
        const Op *op = f->plan->graph->ops.at[i];
        bool groups = op->kind == OP_GROUP_STATISTICS;
        mingles = mingles || (op->kind == OP_BATCH_STATISTICS && !op->in[3]);
        if ((op->kind != OP_BATCH_STATISTICS && !groups) || !op->attr.norm.several)
            continue;
        int64_t channels = groups ? op->in[0]->shape.dim[0] / op->attr.norm.groups : 1;
        if (op->attr.norm.pixels * channels > 1)
            continue;
        norm = norm ? norm : op;
        tests = tests || groups || !op->in[3];
    }
    if (mingles)
        text_add(&f->text, "    .mingles = 1,\n");
    if (!norm)
        return;
    text_add(&f->text, "    .norm = ");
    text_add_quoted(&f->text, op_text(f->arena, norm));
    text_printf(&f->text, "%s,\n", tests ? ", .norm_tests = 1" : "");
}

void emit_tables(Frame *f)
{
    const Plan *plan = f->plans->training ? f->plans->training : f->plans->evaluation;
    const Train *train = f->program->train;
    const Network *network = f->network;
    const ParameterLayout *layout = f->plans->layout;
    int probes = 0;
    emit_parameters(f);
    emit_gone(f);
    f->draws_plainly = draws_plainly(network);
    int fills = emit_fills(f);
    emit_origins(f);
    if (plan->dropout_count)
        emit_dropouts(f);
    if (train) {
        probes = emit_probes(f);
        emit_phases(f);
    } else {
        define_phase_macros(f);
    }
    if (f->shared)
        emit_exchange(f);
    if (f->plans->evaluation)
        emit_evaluation_phases(f);

    const bool alone = train && f->form != EMIT_OBJECT; /* nobody else reads it */
    text_add(&f->text, alone ? "static " : "extern const struct nc_model model;\n");
    text_add(&f->text, "const struct nc_model model = {\n    .name = ");
    text_add_quoted(&f->text, network->name);
    text_add(&f->text, ", .file = ");
    const char *slash = strrchr(f->program->source->path, '/');
    text_add_quoted(&f->text, slash ? slash + 1 : f->program->source->path);
    text_printf(&f->text, ",\n    .input_rank = %d, .input_shape = %s,\n", network->input.rank,
                braced(f, network->input.rank, network->input.dim));
    if (network->tokens)
        text_printf(&f->text, "    .tokens = %lld,\n", (long long)network->tokens);
    else if (!train || !train_takes_bytes(train))
        text_add(&f->text, "    .floats = 1,\n");
    text_printf(&f->text, "    .outputs = %lld,", (long long)shape_count(network->output));
    if (train)
        text_printf(&f->text, " .classes = %d, .loss = &loss,", train->loss->classes);
    text_add(&f->text, "\n");
    if (network->output.rank > 1)
        text_printf(&f->text, "    .output_rank = %d, .output_shape = %s,\n", network->output.rank,
                    braced(f, network->output.rank, network->output.dim));
    text_printf(&f->text, "    .parameters = parameters, .parameter_count = %d,\n", layout->parameters.count);
    if (fills)
        text_printf(&f->text, "    .fills = fills, .fill_count = %d,%s\n", fills,
                    f->draws_plainly ? "" : " .fills_are_all = 1,");
    if (f->gone.count)
        text_add(&f->text, "    .gone = gone,\n");
    text_printf(&f->text, "    .block = %lld, .sharded = %lld, .packed = %lld, .packed_forward = %lld,\n"
                          "    .workspace = %lld,\n",
                (long long)layout->block, (long long)layout->sharded, (long long)layout->packed_floats,
                (long long)layout->packed_forward, (long long)layout->workspace);
    text_printf(&f->text, "    .microbatch = %d, .shard = %d, .batch = %d,\n", plan->microbatch, plan->shard,
                plan->batch);
    emit_lonely_norm(f);
    if (plan->dropout_count)
        text_printf(&f->text, "    .dropouts = dropouts, .dropout_count = %d,\n", plan->dropout_count);
    if (train)
        text_printf(&f->text, "    .probes = probes, .probe_count = %d,\n"
                              "    .phases = phases, .phase_count = %d,", probes, plan->phases.count);
    const char *pack = has_pack(f->plans, true) ? " .pack = pack," : "";
    const char *pack_backward = has_pack(f->plans, false) ? " .pack_backward = pack_backward," : "";
    if (train || *pack)
        text_printf(&f->text, "%s%s%s\n", train ? "" : "   ", pack, pack_backward);
    if (f->plans->evaluation)
        text_add(&f->text, "    .evaluation = &evaluation,\n");
    if (layout->batch_bytes)
        text_printf(&f->text, "    .batch_bytes = %lld, .capacity = %d, .learned = %lld,\n",
                    (long long)layout->batch_bytes, plan->capacity, (long long)most_learned(plan));
    emit_output(f, plan);
    emit_exchange_fields(f, plan);
    text_add(&f->text, "};\n\n");
}
