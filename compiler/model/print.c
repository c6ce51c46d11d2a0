/* The program as text, every default filled in, for --dump=model. */
#include <inttypes.h>
#include <math.h>

#include "model/model.h"

/* Nested lists of `shape` from dimension `dim` on, whose numbers begin at *next, which moves on. */
static void print_tensor(Text *out, Shape shape, int dim, const double **next)
{
    if (dim == shape.rank) {
        text_printf(out, "%.12g", *(*next)++);
        return;
    }
    for (int64_t i = 0; i < shape.dim[dim]; i++) {
        text_add(out, i ? ", " : "[");
        print_tensor(out, shape, dim + 1, next);
    }
    text_add(out, "]");
}

static void print_arg(Text *out, const Param *param, const Arg *arg)
{
    if (arg->none && param->type != ARG_PAIR && param->type != ARG_SINGLE) {
        text_add(out, "None");
        return;
    }
    switch (param->type) {
    case ARG_INT:
    case ARG_SIZE: text_printf(out, "%" PRId64, arg->i); break;
    case ARG_FLOAT:
    case ARG_FLOAT_OR_NONE: text_printf(out, "%.12g", arg->f); break;
    case ARG_BOOL:
    case ARG_CALL: text_add(out, arg->i ? "True" : "False"); break;
    case ARG_STRING:
    case ARG_WORD: text_add_quoted(out, arg->s); break;
    case ARG_PAIR:
    case ARG_PADDING: text_printf(out, "(%" PRId64 ", %" PRId64 ")", arg->pair[0], arg->pair[1]); break;
    case ARG_SINGLE:
    case ARG_SINGLE_PADDING: text_printf(out, "%" PRId64, arg->pair[1]); break;
    case ARG_EXTENTS:
        for (int axis = 0; axis < 2; axis++) {
            text_add(out, axis ? ", " : "(");
            if (arg->pair_none[axis])
                text_add(out, "None");
            else
                text_printf(out, "%" PRId64, arg->pair[axis]);
        }
        text_add(out, ")");
        break;
    case ARG_SCHEDULERS: break; /* print_scheduler prints them */
    case ARG_RENAMES: break; /* print_train does */
    case ARG_NUMBERS: text_printf(out, "(%.12g, %.12g)", arg->list[0], arg->list[1]); break;
    case ARG_LIST_OR_WORD:
        if (arg->s) {
            text_add_quoted(out, arg->s);
            break;
        }
        /* fall through */
    case ARG_NUMBER_LIST:
        if (arg->list_count == 1) {
            text_printf(out, "%.12g", arg->list[0]);
            break;
        }
        /* fall through */
    case ARG_FLOATS:
        for (int i = 0; i < arg->list_count; i++)
            text_printf(out, "%s%.12g", i ? ", " : "[", arg->list[i]);
        text_add(out, "]");
        break;
    case ARG_COLUMNS:
        for (int i = 0; i < arg->list_count; i++) {
            text_add(out, i ? ", " : "[");
            if (arg->columns[i].name)
                text_add_quoted(out, arg->columns[i].name);
            else
                text_printf(out, "%" PRId64, arg->columns[i].number);
        }
        text_add(out, arg->list_count ? "]" : "[]");
        break;
    case ARG_DATA:
        for (int i = 0; i < arg->list_count; i++)
            text_printf(out, "%s%s", i ? ", " : "[", arg->names[i]);
        text_add(out, "]");
        break;
    case ARG_SIDES:
        for (int side = 0; side < 4; side++)
            text_printf(out, "%s%" PRId64, side ? ", " : "(", arg->sides[side]);
        text_add(out, ")");
        break;
    case ARG_TENSOR: {
        const double *next = arg->list;
        print_tensor(out, arg->shape, 0, &next);
        break;
    }
    case ARG_ANY: text_add(out, constant_text(out->arena, *arg->any)); break;
    }
}

static void print_call(Text *out, const char *name, const Param *params, const Args *args)
{
    text_printf(out, "%s(", name);
    for (int i = 0, printed = 0; params[i].name; i++) {
        if (params[i].refused)
            continue;
        text_printf(out, "%s%s=", printed++ ? ", " : "", params[i].name);
        print_arg(out, &params[i], &args->at[i]);
    }
    text_add(out, ")");
}

static void print_network(Text *out, const Network *network)
{
    text_printf(out, "model %s %s -> %s\n", network->name, shape_text(out->arena, network->input),
                shape_text(out->arena, network->output));
    for (int i = 0, group = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        for (; group < network->groups.count && network->groups.at[group]->first <= i; group++)
            text_printf(out, "  %s: %s\n", network->groups.at[group]->path, network->groups.at[group]->text);
        text_printf(out, "  %s: ", layer->path);
        if (layer->kind->branches)
            text_add(out, "}"); /* of the branches before it */
        else
            print_call(out, layer->kind->name, layer->kind->params, &layer->args);
        text_printf(out, " -> %s\n", shape_text(out->arena, layer->out));
        for (int p = 0; p < layer->parameters.count; p++) {
            const Parameter *parameter = layer->parameters.at[p];
            const Fill fill = {.kind = parameter->init, .low = parameter->low, .high = parameter->high};
            text_printf(out, "    %s %s %s\n", parameter->name, shape_text(out->arena, parameter->shape),
                        fill_text(out->arena, &fill));
        }
    }
}

static void print_data(Text *out, const Data *data)
{
    text_printf(out, "data %s = ", data->copied ? data->variable : data->name);
    print_call(out, data->kind->name, data->kind->params, &data->args);
    if (data->kind->view == VIEW_SPLIT)
        text_printf(out, " part %d", data->part);
    text_add(out, "\n");
    for (int i = 0; i < data->of.count; i++)
        if (data->of.at[i]->copied)
            print_data(out, data->of.at[i]);
    for (int i = 0; i < data->transforms.count; i++) {
        text_add(out, "  ");
        print_call(out, data->transforms.at[i].kind->name, data->transforms.at[i].kind->params,
                   &data->transforms.at[i].args);
        text_add(out, "\n");
    }
}

static void print_loader(Text *out, const char *name, const Loader *loader)
{
    if (!loader->data)
        return;
    text_printf(out, "  %s %s batch_size=%d shuffle=%s drop_last=%s", name, loader->data->name,
                loader->batch_size, loader->shuffle ? "True" : "False", loader->drop_last ? "True" : "False");
    if (loader->num_workers)
        text_printf(out, " num_workers=%d prefetch_factor=%d", loader->num_workers, loader->prefetch_factor);
    if (loader->every > 1)
        text_printf(out, " every=%d", loader->every);
    if (loader->views)
        text_printf(out, " views=%s", loader->views);
    text_add(out, "\n");
}

static void print_string(Text *out, const char *name, const char *string)
{
    if (!string)
        return;
    text_printf(out, "  %s ", name);
    text_add_quoted(out, string);
    text_add(out, "\n");
}

static void print_scheduler(Text *out, const Scheduler *s)
{
    text_printf(out, "%s(", s->kind->name);
    for (int i = 0; i < s->children.count; i++) {
        text_add(out, i ? ", " : "[");
        print_scheduler(out, s->children.at[i]);
    }
    if (s->children.count)
        text_add(out, "]");
    for (int i = s->kind->several, printed = s->children.count; s->kind->params[i].name; i++) {
        if (s->kind->params[i].refused)
            continue;
        text_printf(out, "%s%s=", printed++ ? ", " : "", s->kind->params[i].name);
        print_arg(out, &s->kind->params[i], &s->args.at[i]);
    }
    text_add(out, ")");
}

/* What there is beside the optimizer's own line. */
static void print_learning(Text *out, const Train *train)
{
    static const char *const metrics[] = {"", " test_loss", " test_accuracy", " train_loss", " train_accuracy"};
    for (int i = 0; i < train->parts.count; i++) {
        const OptimizerPart *part = &train->parts.at[i];
        text_printf(out, "    %s:", part->name);
        for (int p = 0; p < part->parameters.count; p++)
            text_printf(out, " %s", part->parameters.at[p]->name);
        for (int a = 0; train->optimizer->params[a].name; a++)
            if (part->own[a]) {
                text_printf(out, " %s=", train->optimizer->params[a].name);
                print_arg(out, &train->optimizer->params[a], &part->args.at[a]);
            }
        text_add(out, "\n");
    }
    if (train->clip_norm > 0 || train->clip_value > 0)
        text_printf(out, "  clip %s=%.12g\n", train->clip_norm > 0 ? "grad_norm" : "grad_value",
                    train->clip_norm > 0 ? train->clip_norm : train->clip_value);
    if (train->accumulate > 1)
        text_printf(out, "  accumulate %d\n", train->accumulate);
    if (train->lookahead) {
        text_add(out, "  ");
        print_call(out, "lookahead", vocabulary_settings[SET_LOOKAHEAD].params, train->lookahead);
        text_add(out, "\n");
    }
    if (train->scheduler) {
        text_add(out, "  scheduler ");
        print_scheduler(out, train->scheduler);
        text_printf(out, " every %s%s\n", train->every_batch ? "batch" : "epoch", metrics[train->metric]);
    }
    for (int i = 0; i < train->network->parameters.count; i++)
        if (train->network->parameters.at[i]->frozen)
            text_printf(out, "  freeze %s\n", train->network->parameters.at[i]->name);
    for (int i = 0; i < train->inits.count; i++)
        text_printf(out, "  init %s %s\n", train->inits.at[i].parameter->name,
                    fill_text(out->arena, &train->inits.at[i].fill));
}

static void print_train(Text *out, const Train *train)
{
    text_printf(out, "train %s\n", train->network->name);
    if (train->has_seed)
        text_printf(out, "  seed %" PRIu64 "\n", train->seed);
    if (train->precision > 0 && isfinite(train->precision))
        text_printf(out, "  precision %g\n", train->precision);
    else
        text_printf(out, "  precision %s\n", train->tf32 ? "tf32" : train->precision == 0 ? "exact" : "default");
    if (train->shards)
        text_printf(out, "  shards %d\n", train->shards);
    text_printf(out, "  threads %d\n  epochs %d\n", train->threads, train->epochs);
    print_loader(out, "data", &train->data);
    print_loader(out, "test", &train->test);
    text_add(out, "  loss ");
    print_call(out, train->loss->name, train->loss->params, &train->loss_args);
    text_add(out, "\n  optimizer ");
    print_call(out, train->optimizer->name, train->optimizer->params, &train->optimizer_args);
    text_add(out, "\n");
    for (int i = 0; i < train->measures.count; i++) {
        text_add(out, i ? ", " : "  metrics ");
        print_call(out, train->measures.at[i].kind->name, train->measures.at[i].kind->params,
                   &train->measures.at[i].args);
    }
    text_add(out, train->measures.count ? "\n" : "");
    print_learning(out, train);
    print_string(out, "load", train->load);
    if (train->load && train->load_loose)
        text_add(out, "  strict False\n");
    print_string(out, "prefix", train->load_prefix);
    for (int i = 0; i < train->load_rename_count; i++)
        text_printf(out, "  rename \"%s\" to \"%s\"\n", train->load_renames[2 * i], train->load_renames[2 * i + 1]);
    print_string(out, "save", train->save);
    if (train->save_whole)
        text_add(out, "  whole True\n");
    if (train->save_every)
        text_printf(out, "  every %d %s\n", train->save_every, train->save_unit);
    if (train->save_keep)
        text_printf(out, "  keep %d\n", train->save_keep);
    print_string(out, "best", train->save_best);
    if (train->stop) {
        text_add(out, "  ");
        print_call(out, "stop", vocabulary_settings[SET_STOP].params, train->stop);
        text_add(out, "\n");
    }
    print_string(out, "log", train->log);
    if (train->logs && !train->log)
        text_add(out, "  log\n");
    if (train->logs)
        text_printf(out, "  every %d\n", train->log_every);
    if (train->log_images)
        text_printf(out, "  images %d\n", train->log_images);
    for (int i = 0; i < train->log_layers.count; i++)
        text_printf(out, "  images behind %s\n", train->log_layers.at[i]->path);
    if (train->log_histograms)
        text_add(out, "  histograms\n");
    if (train->log_graph)
        text_add(out, "  graph\n");
    print_string(out, "report", train->report);
}

void model_print(Text *out, const Program *program)
{
    for (int i = 0; i < program->networks.count; i++)
        print_network(out, program->networks.at[i]);
    for (int i = 0; i < program->data.count; i++)
        print_data(out, program->data.at[i]);
    if (program->train)
        print_train(out, program->train);
}
