/* train NAME { settings } */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "model/trainer.h"

/* Places among the arguments of `load`. */
enum { LOAD_STRICT = 1, LOAD_PREFIX, LOAD_RENAME, LOAD_MAP_LOCATION };

/* Places among the arguments of `data` and `test`. */
enum { BATCH_SIZE, SHUFFLE, NUM_WORKERS = 4, DROP_LAST = 7, PREFETCH_FACTOR = 12, EVERY = 14, VIEWS };
enum { MOST_WORKERS = 1024, MOST_AHEAD = 1000, DEFAULT_AHEAD = 2 };

/* ---- Finding settings -------------------------------------------------------------------------------------------- */

/* What torch's users look for under other names. */
static const struct {
    const char *name, *instead;
} elsewhere[] = {
    {"batch_size", "it stands behind the data set: data train_data, batch_size=64"},
    {"shuffle", "it stands behind the data set: data train_data, shuffle=True"},
    {"num_workers", "it stands behind the data set: data train_data, num_workers=2"},
    {"lr", "it is the optimizer's: optimizer SGD(lr=0.1)"},
    {"momentum", "it is the optimizer's: optimizer SGD(lr=0.1, momentum=0.9)"},
    {"weight_decay", "it is the optimizer's: optimizer SGD(lr=0.1, weight_decay=5e-4)"},
    {"validation", "'test NAME' evaluates after each epoch"},
    {"val", "'test NAME' evaluates after each epoch"},
    {"criterion", "'loss' is the setting"},
    {"num_epochs", "'epochs' is the setting"},
    {"max_epochs", "'epochs' is the setting"},
    {"tensorboard", "'log \"logs\"' is the setting"},
    {"checkpoint", "'save \"net_{epoch}.pth\"' saves, and 'load \"net.pth\"' begins with what was saved"},
    {"early_stopping", "'stop patience=5, metric=test_loss' ends a run early"},
    {"EarlyStopping", "'stop patience=5, metric=test_loss' ends a run early"},
    {"patience", "'stop patience=5, metric=test_loss' ends a run early"},
    {"keep", "it stands behind the name to save under: save \"net_{epoch}.pth\", keep=3"},
    {"best", "it stands behind the name to save under: save \"net_{epoch}.pth\", best=accuracy"},
    {"resume", "--resume of the command line goes on with a run"},
};

static const char *settings_text(Arena *arena)
{
    Text text = text_new(arena);
    for (int i = 0; i < SET_COUNT; i++)
        text_printf(&text, "%s%s", !i ? "" : i + 1 == SET_COUNT ? " and " : ", ", vocabulary_settings[i].name);
    return text.bytes;
}

static void report_no_setting(Trainer *t, const Syntax *setting)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (strcmp(setting->name, elsewhere[i].name) == 0) {
            diag_error(t->build->diag, setting->name_span, "no setting is called '%s': %s", setting->name,
                       elsewhere[i].instead);
            return;
        }
    const char *names[SET_COUNT];
    for (int i = 0; i < SET_COUNT; i++)
        names[i] = vocabulary_settings[i].name;
    const char *closest = diag_closest(setting->name, names, SET_COUNT);
    if (closest)
        diag_error(t->build->diag, setting->name_span, "no setting is called '%s'; did you mean '%s'?", setting->name,
                   closest);
    else
        diag_error(t->build->diag, setting->name_span,
                   "no setting is called '%s': a train block has %s ('netc help settings' tells of each)",
                   setting->name, settings_text(t->build->arena));
}

static void find_settings(Trainer *t, const Syntax *syntax)
{
    for (int i = 0; i < syntax->items.count; i++) {
        const Syntax *setting = syntax->items.at[i];
        if (setting->kind == SYNTAX_BROKEN) {
            t->broken = true;
            continue;
        }
        int kind = 0;
        while (kind < SET_COUNT && strcmp(vocabulary_settings[kind].name, setting->name) != 0)
            kind++;
        if (kind == SET_COUNT) {
            report_no_setting(t, setting);
        } else if (kind == SET_INIT) {
            vec_push(t->build->arena, t->inits, setting);
        } else if (kind == SET_FREEZE) {
            vec_push(t->build->arena, t->freezes, setting);
        } else if (t->found[kind]) {
            diag_error(t->build->diag, setting->name_span, "setting '%s' is given twice", setting->name);
            diag_note(t->build->diag, t->found[kind]->span, "the first one is here");
        } else {
            t->found[kind] = setting;
            if (setting->body && kind != SET_OPTIMIZER)
                diag_error(t->build->diag, setting->body->span, "setting '%s' has no parts", setting->name);
        }
    }
}

/* What --set calls a setting. */
static const char *path_of(Trainer *t, SettingKind kind)
{
    return arena_printf(t->build->arena, "train.%s", vocabulary_settings[kind].name);
}

/* The first argument of most settings stands for the setting itself; those of `clip`, `stop` and `lookahead` have names
 * of their own. */
bool bind_setting(Trainer *t, SettingKind kind, Args *args)
{
    const Syntax *setting = t->found[kind];
    bool own_name = kind != SET_CLIP && kind != SET_STOP && kind != SET_LOOKAHEAD;
    const Param *first = vocabulary_settings[kind].params;
    const char *full = arena_printf(t->build->arena, "%s.%s", path_of(t, kind), first->name);
    Span span;
    if (!setting && (!own_name || !first_value(t->build, path_of(t, kind), full, true, &span)))
        return false;
    return bind_arguments(t->build, vocabulary_settings[kind].name, vocabulary_settings[kind].params,
                          setting ? (const Syntax *const *)setting->items.at : NULL, setting ? setting->items.count : 0,
                          setting ? setting->span : t->train->span, path_of(t, kind), own_name, args);
}

const Syntax *setting_call(Trainer *t, SettingKind kind, bool alone, const char *example)
{
    const Syntax *setting = t->found[kind];
    if (!setting)
        return NULL;
    if (setting->items.count && (!alone || setting->items.count == 1) && !setting->items.at[0]->name &&
        setting->items.at[0]->value->kind == SYNTAX_CALL)
        return setting->items.at[0]->value;
    diag_error(t->build->diag, setting->span, "setting '%s' expects %s: %s", vocabulary_settings[kind].name,
               alone ? "one call" : "a call", example);
    return NULL;
}

/* ---- Plain settings ---------------------------------------------------------------------------------------------- */

bool at_least(Trainer *t, const char *name, const Arg *arg, int64_t least)
{
    if (arg->i >= least)
        return true;
    diag_error(t->build->diag, arg->span, "%s expects at least %" PRId64 " but gets %" PRId64, name, least, arg->i);
    return false;
}

static void build_seed(Trainer *t)
{
    const Syntax *setting = t->found[SET_SEED];
    Span span = setting ? setting->span : t->train->span;
    const Constant *override = setting_value(t->build, "train.seed", false, &span);
    Constant value = {0};
    if (override) {
        value = *override;
    } else if (!setting) {
        return;
    } else if (setting->items.count != 1 || setting->items.at[0]->name) {
        diag_error(t->build->diag, setting->span, "setting 'seed' expects one whole number");
        return;
    } else {
        span = setting->items.at[0]->span;
        value = evaluate(t->build, setting->items.at[0]->value);
    }
    if (value.kind == CONSTANT_BROKEN)
        return;
    if (value.kind != CONSTANT_INT || value.i < 0) {
        diag_error(t->build->diag, span, "seed expects a whole number of at least 0 but gets %s",
                   constant_text(t->build->arena, value));
        return;
    }
    t->train->has_seed = true;
    t->train->seed = (uint64_t)value.i;
}

const char *setting_name(const Syntax *setting, Span *span)
{
    const Syntax *value = setting->items.count == 1 && !setting->items.at[0]->name ? setting->items.at[0]->value : NULL;
    bool named = value && (value->kind == SYNTAX_NAME || value->kind == SYNTAX_STRING);
    *span = named ? value->span : setting->span;
    return named ? value->name : NULL;
}

/* Whether `name` is KIND or KIND:N. */
static bool is_device(const char *name, const char *kind)
{
    const size_t length = strlen(kind);
    if (strncmp(name, kind, length) || (name[length] && name[length] != ':'))
        return false;
    const char *number = name + length + 1;
    return !name[length] || (*number && strlen(number) < 4 && strspn(number, "0123456789") == strlen(number));
}

static void build_device(Trainer *t)
{
    Args args;
    if (!bind_setting(t, SET_DEVICE, &args))
        return;
    const char *device = args.at[0].s;
    if (!strcmp(device, "auto") || is_device(device, "cuda") || is_device(device, "opencl"))
        t->train->device = device;
    else if (strcmp(device, "cpu"))
        diag_error(t->build->diag, args.at[0].span, "setting 'device' expects cpu, cuda, \"cuda:1\", opencl or auto, "
                   "but gets %s", device);
}

bool not_empty(Trainer *t, const char *name, const Arg *arg)
{
    if (arg->s[0])
        return true;
    diag_error(t->build->diag, arg->span, "setting '%s' expects a name but gets an empty string", name);
    return false;
}

/* map_location=: every tensor comes to the processor that trains, so that any device of torch will do. */
static void check_location(Trainer *t, const Arg *arg)
{
    static const char *const devices[] = {"cpu", "cuda", "mps", "xpu", "meta", NULL};
    size_t length = arg->none ? 0 : strcspn(arg->s, ":");
    for (int i = 0; !arg->none && devices[i]; i++)
        if (length == strlen(devices[i]) && strncmp(arg->s, devices[i], length) == 0)
            return;
    if (!arg->none)
        diag_error(t->build->diag, arg->span, "setting 'load' expects map_location to be a device, \"cpu\" or "
                   "\"cuda:0\", but gets \"%s\"", arg->s);
}

static void build_plain(Trainer *t)
{
    Train *train = t->train;
    Args args;
    build_seed(t);
    build_device(t);
    build_precision(t);
    if (bind_setting(t, SET_THREADS, &args) && at_least(t, "threads", &args.at[0], 1))
        train->threads = (int)args.at[0].i;
    if (bind_setting(t, SET_SHARDS, &args) && at_least(t, "shards", &args.at[0], 1))
        train->shards = (int)args.at[0].i;
    train->epochs = 1;
    if (bind_setting(t, SET_EPOCHS, &args) && at_least(t, "epochs", &args.at[0], 0))
        train->epochs = (int)args.at[0].i;
    if (bind_setting(t, SET_LOAD, &args) && not_empty(t, "load", &args.at[0])) {
        train->load = args.at[0].s;
        train->load_loose = !args.at[LOAD_STRICT].i;
        train->load_prefix = args.at[LOAD_PREFIX].none ? NULL : args.at[LOAD_PREFIX].s;
        train->load_renames = args.at[LOAD_RENAME].names;
        train->load_rename_count = args.at[LOAD_RENAME].none ? 0 : args.at[LOAD_RENAME].list_count / 2;
        check_location(t, &args.at[LOAD_MAP_LOCATION]);
    }
}

/* ---- Data -------------------------------------------------------------------------------------------------------- */

static DataEntry *find_data(Trainer *t, const Syntax *name)
{
    Build *build = t->build;
    VEC(const char *) names = {0};
    for (int i = 0; i < build->data.count; i++) {
        if (strcmp(build->data.at[i].data->name, name->name) == 0)
            return &build->data.at[i];
        vec_push(build->arena, names, build->data.at[i].data->name);
    }
    const char *closest = diag_closest(name->name, names.at, names.count);
    if (closest)
        diag_error(build->diag, name->span, "no data is called '%s'; did you mean '%s'?", name->name, closest);
    else if (!build->file->partial)
        diag_error(build->diag, name->span, "no data is called '%s': 'data %s = ...' makes one", name->name,
                   name->name);
    return NULL;
}

/* As torch has it, there is nothing to be ahead with where there are no workers. */
static void take_workers(Trainer *t, const Args *args, Loader *loader)
{
    const Arg *workers = &args->at[NUM_WORKERS], *ahead = &args->at[PREFETCH_FACTOR];
    Diag *diag = t->build->diag;
    if (workers->i < 0 || workers->i > MOST_WORKERS)
        diag_error(diag, workers->span, "num_workers expects 0 to %d but gets %" PRId64, MOST_WORKERS, workers->i);
    else if (!ahead->none && !workers->i)
        diag_error(diag, ahead->span, "prefetch_factor needs workers: write num_workers before it, or leave it out");
    else if (!ahead->none && (ahead->i < 1 || ahead->i > MOST_AHEAD))
        diag_error(diag, ahead->span, "prefetch_factor expects 1 to %d but gets %" PRId64, MOST_AHEAD, ahead->i);
    loader->num_workers = (int)workers->i;
    loader->prefetch_factor = ahead->none ? DEFAULT_AHEAD : (int)ahead->i;
}

/* Sizes of a batch's memory are computed in 64 bits: this many samples of the largest layers stay far below. */
static bool small_enough(Trainer *t, const Arg *batch_size)
{
    enum { MOST_SAMPLES = 1 << 24 };
    if (batch_size->i <= MOST_SAMPLES)
        return true;
    diag_error(t->build->diag, batch_size->span, "batch_size expects at most %d but gets %" PRId64, MOST_SAMPLES,
               batch_size->i);
    return false;
}

/* What the test data alone have. */
static void take_test(Trainer *t, const Args *args, Loader *loader)
{
    const Arg *views = &args->at[VIEWS];
    if (!args->at[BATCH_SIZE].given && t->train->data.batch_size)
        loader->batch_size = t->train->data.batch_size; /* what is measured is the same, only sooner */
    if (at_least(t, "test's every", &args->at[EVERY], 1))
        loader->every = args->at[EVERY].i < INT32_MAX ? (int)args->at[EVERY].i : INT32_MAX;
    if (views->none)
        return;
    if (strcmp(views->s, "mirror") == 0 || strcmp(views->s, "mirror_translate") == 0)
        loader->views = views->s;
    else
        diag_error(t->build->diag, views->span, "test expects views=mirror or mirror_translate but gets %s", views->s);
}

static DataEntry *build_loader(Trainer *t, SettingKind kind, Loader *loader)
{
    const Syntax *setting = t->found[kind];
    if (!setting)
        return NULL;
    const Syntax *first = setting->items.count && !setting->items.at[0]->name ? setting->items.at[0]->value : NULL;
    loader->span = setting->span;
    if (!first || first->kind != SYNTAX_NAME) {
        diag_error(t->build->diag, first ? first->span : setting->span,
                   "setting '%s' expects the name of a data set first", vocabulary_settings[kind].name);
        return NULL;
    }
    DataEntry *entry = find_data(t, first);
    Args args;
    bool bound =
        bind_arguments(t->build, vocabulary_settings[kind].name, vocabulary_settings[kind].params,
                       (const Syntax *const *)setting->items.at + 1, setting->items.count - 1,
                       setting->span, path_of(t, kind), false, &args);
    if (bound && at_least(t, "batch_size", &args.at[BATCH_SIZE], 1) && small_enough(t, &args.at[BATCH_SIZE])) {
        loader->batch_size = (int)args.at[BATCH_SIZE].i;
        loader->shuffle = args.at[SHUFFLE].i;
        loader->drop_last = args.at[DROP_LAST].i;
        take_workers(t, &args, loader);
        if (kind == SET_TEST)
            take_test(t, &args, loader);
    }
    if (entry)
        loader->data = entry->data;
    return entry;
}

/* Whether two shapes may be the same: extents of the sample, or all of it (rank 0), may be known to the files alone. */
static bool may_be(Shape sample, Shape input)
{
    bool same = sample.rank == 0 || sample.rank == input.rank;
    for (int i = 0; same && i < sample.rank; i++)
        same = sample.dim[i] == EXTENT_UNKNOWN || sample.dim[i] == input.dim[i];
    return same;
}

/* What to do about a sample of another shape than the model's input. */
static const char *shape_advice(Arena *arena, const Network *network, Shape sample)
{
    const Shape input = network->input;
    if (input.rank != 3 || sample.rank != 3)
        return "";
    if (may_be(sample, shape_of(3, (int64_t[]){input.dim[2], input.dim[0], input.dim[1]})))
        return "; channels come first";
    bool known = sample.dim[1] != EXTENT_UNKNOWN && sample.dim[2] != EXTENT_UNKNOWN;
    if (!network->base || !known || sample.dim[0] != input.dim[0])
        return "";
    return arena_printf(arena, "; resize them, or say model %s(%" PRId64 ", %" PRId64 ", %" PRId64 ") = ...",
                        network->name, sample.dim[0], sample.dim[1], sample.dim[2]);
}

/* Views are of pictures, which stand for the same class when they are mirrored. */
static void check_views(Trainer *t)
{
    const Network *network = t->train->network;
    const LossKind *loss = t->train->loss;
    if (!t->train->test.views || !network || !t->network->known || !loss)
        return;
    if (network->input.rank != 3 || network->tokens)
        diag_error(t->build->diag, t->train->test.span,
                   "views are of pictures, and %s takes none: leave 'views' out", network->name);
    else if (!loss->classes || network->output.rank != 1)
        diag_error(t->build->diag, t->train->test.span, "views stand for the same class, and the outputs of %s are no "
                   "classes of whole pictures: leave 'views' out", network->name);
}

/* A sample of the data must be what the model takes. */
static void check_sample(Trainer *t, const DataEntry *entry, const Loader *loader)
{
    const Network *network = t->train->network;
    if (!entry || !entry->known || !network || !network->input.rank || may_be(entry->sample, network->input))
        return;
    Arena *arena = t->build->arena;
    diag_error(t->build->diag, loader->span, "model '%s' takes %s but a sample of '%s' is %s%s", network->name,
               shape_text(arena, network->input), entry->data->name, shape_text(arena, entry->sample),
               shape_advice(arena, network, entry->sample));
    diag_note(t->build->diag, network->span, "the model's input is %s", shape_text(arena, network->input));
    diag_note(t->build->diag, entry->data->span, "the data is %s", shape_text(arena, entry->sample));
}

/* Whole numbers come from tables and arrays, as they stand in them. (Pictures have not the shape.) */
static void check_tokens(Trainer *t, const DataEntry *entry, const Loader *loader)
{
    const Network *network = t->train->network;
    if (!entry || !network || !network->tokens)
        return;
    if (entry->data->transforms.count)
        diag_error(t->build->diag, loader->span,
                   "model '%s' takes whole numbers below %" PRId64 " but %s makes other numbers of '%s'", network->name,
                   network->tokens, entry->data->transforms.at[0].kind->name, entry->data->name);
}

/* ---- Loss ------------------------------------------------------------------------------------------------------- */

/* Whether an output has a place for each pixel of a sample. */
static bool is_mask(Shape output, Shape sample)
{
    return output.rank == 3 && output.dim[1] == sample.dim[1] && output.dim[2] == sample.dim[2];
}

static void check_targets(Trainer *t, const DataEntry *entry)
{
    const LossKind *loss = t->train->loss;
    if (!loss || !entry || !entry->known || data_source(entry->data)->kind->table)
        return;
    Build *build = t->build;
    const Network *network = t->network && t->network->known ? t->train->network : NULL;
    const Data *source = data_source(entry->data);
    bool masks = source->kind->masks && source->kind->masks(&source->args);
    if (!loss->classes && entry->classes) {
        diag_error(build->diag, t->train->loss_span,
                   "%s expects targets shaped like the output but '%s' gives class numbers", loss->name,
                   entry->data->name);
        diag_note(build->diag, entry->data->span, "CrossEntropyLoss() is the loss for class numbers");
    } else if (loss->classes && !entry->classes) {
        diag_error(build->diag, t->train->loss_span, "%s expects class numbers but '%s' gives other targets",
                   loss->name, entry->data->name);
    } else if (network && loss->classes && masks && !is_mask(network->output, entry->sample)) {
        diag_error(build->diag, t->train->loss_span,
                   "%s expects a class for each place of the output, %s, but '%s' gives one for each pixel of %s",
                   loss->name, shape_text(build->arena, network->output), entry->data->name,
                   shape_text(build->arena, entry->sample));
    } else if (network && loss->classes && !masks && network->output.rank > 1) {
        diag_error(build->diag, t->train->loss_span,
                   "%s expects a class for each place of the output, %s, but '%s' gives one for a sample", loss->name,
                   shape_text(build->arena, network->output), entry->data->name);
        diag_note(build->diag, network->span, "a model that ends with Flatten() or Linear(_, outputs) has one place");
    } else if (network && loss->classes && network->output.dim[0] < entry->classes) {
        diag_error(build->diag, t->train->loss_span,
                   "%s expects an output for each of the %d classes of '%s' but gets %" PRId64, loss->name,
                   entry->classes, entry->data->name, network->output.dim[0]);
        diag_note(build->diag, network->layers.at[network->layers.count - 1]->span, "the model's output is made here");
    }
}

/* torch computes all the same what the user can hardly mean: a softmax of a softmax, the logarithm of any number. */
static void warn_of_output(Trainer *t)
{
    static const struct {
        const char *takes, *instead;
    } kinds[] = {
        [OUTPUT_PROBABILITY] = {"probabilities", "end the model with Sigmoid(), or take BCEWithLogitsLoss()"},
        [OUTPUT_LOGIT] = {"numbers of any size", "it makes probabilities of them itself, so leave the layer out"},
        [OUTPUT_LOG_PROBABILITY] = {"logarithms of probabilities", "end the model with LogSoftmax(dim=1)"},
    };
    const Network *network = t->train->network;
    const Layer *last = network->layers.at[network->layers.count - 1];
    OutputKind gives = last->kind->help.gives, wanted = t->train->loss->output;
    if (gives == OUTPUT_NUMBER || wanted == OUTPUT_NUMBER || gives == wanted ||
        (gives == OUTPUT_LOG_PROBABILITY && wanted == OUTPUT_LOGIT)) /* whose softmax is what it is the logarithm of */
        return;
    diag_warning(t->build->diag, t->train->loss_span, "%s takes %s, which %s does not give: %s", t->train->loss->name,
                 kinds[wanted].takes, last->kind->name, kinds[wanted].instead);
    diag_note(t->build->diag, last->span, "%s is here", last->kind->name);
}

static void build_loss(Trainer *t)
{
    const Syntax *call = setting_call(t, SET_LOSS, true, "loss CrossEntropyLoss()");
    if (!call)
        return;
    Build *build = t->build;
    const LossKind *kind = find_kind(build, "loss", call, vocabulary_losses);
    if (!kind)
        return;
    t->train->loss_span = call->span;
    if (!bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at, call->items.count,
                        call->span, "train.loss", false, &t->train->loss_args))
        return;
    t->train->loss = kind;
    if (t->network && t->network->known &&
        kind->check(build->arena, build->diag, &t->train->loss_args, t->train->network->output,
                    t->train->network->span))
        warn_of_output(t);
}

/* ---- The block --------------------------------------------------------------------------------------------------- */

static void find_network(Trainer *t, const Syntax *syntax)
{
    Build *build = t->build;
    VEC(const char *) names = {0};
    for (int i = 0; i < build->networks.count && !t->network; i++) {
        if (strcmp(build->networks.at[i].network->name, syntax->name) == 0)
            t->network = &build->networks.at[i];
        vec_push(build->arena, names, build->networks.at[i].network->name);
    }
    if (t->network) {
        t->train->network = t->network->network;
        return;
    }
    const char *closest = diag_closest(syntax->name, names.at, names.count);
    if (closest)
        diag_error(build->diag, syntax->name_span, "no model is called '%s'; did you mean '%s'?", syntax->name,
                   closest);
    else if (!build->file->partial)
        diag_error(build->diag, syntax->name_span, "no model is called '%s'%s%s%s", syntax->name,
                   names.count ? ": the file has '" : "", names.count ? names.at[0] : "", names.count ? "'" : "");
}

/* What a training run can't be without. */
static void report_missing(Trainer *t)
{
    static const struct {
        SettingKind kind;
        const char *example;
    } required[] = {{SET_DATA, "data train_data, batch_size=64, shuffle=True"}, {SET_LOSS, "loss CrossEntropyLoss()"},
                    {SET_OPTIMIZER, "optimizer SGD(lr=1e-2)"}};
    const char *names = NULL, *example = NULL;
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (t->found[required[i].kind])
            continue;
        const char *name = vocabulary_settings[required[i].kind].name;
        names = names ? arena_printf(t->build->arena, "%s, '%s'", names, name)
                      : arena_printf(t->build->arena, "'%s'", name);
        example = example ? example : required[i].example;
    }
    if (names && !t->broken)
        diag_error(t->build->diag, t->train->span, "train block lacks %s: write '%s'", names, example);
}

/* An optimizer has something to learn; running statistics are nothing of the kind. */
static void check_learns(Trainer *t)
{
    const Network *network = t->train->network;
    bool any = false, frozen = false;
    for (int i = 0; i < network->parameters.count; i++) {
        any = any || parameter_learns(network->parameters.at[i]);
        frozen = frozen || network->parameters.at[i]->frozen;
    }
    if (!any && frozen)
        diag_error(t->build->diag, t->freezes.at[0]->span,
                   "all parameters of model '%s' are frozen: there is nothing to train", network->name);
    else if (!any)
        diag_error(t->build->diag, t->train->span, "model '%s' has no parameters: there is nothing to train",
                   network->name);
}

void build_train(Build *build, const Syntax *syntax)
{
    if (build->program->train) {
        diag_error(build->diag, syntax->name_span, "file has a second train block: one file is one experiment");
        diag_note(build->diag, build->program->train->span, "the first one is here");
        return;
    }
    Train *train = build->program->train = arena_make(build->arena, Train);
    train->span = syntax->name_span;
    Trainer trainer = {.build = build, .train = train};
    find_network(&trainer, syntax);
    find_settings(&trainer, syntax);
    build_plain(&trainer);
    build_log(&trainer);
    build_report(&trainer);
    trainer.data = build_loader(&trainer, SET_DATA, &train->data);
    trainer.test = build_loader(&trainer, SET_TEST, &train->test);
    report_missing(&trainer);
    build_loss(&trainer);
    build_metrics(&trainer);
    build_keeping(&trainer);
    build_freezes(&trainer);
    build_optimizer(&trainer);
    build_scheduler(&trainer);
    build_inits(&trainer);
    check_sample(&trainer, trainer.data, &train->data);
    check_sample(&trainer, trainer.test, &train->test);
    check_views(&trainer);
    check_scales(&trainer);
    check_tokens(&trainer, trainer.data, &train->data);
    check_tokens(&trainer, trainer.test, &train->test);
    check_targets(&trainer, trainer.data);
    if (trainer.test != trainer.data)
        check_targets(&trainer, trainer.test);
    if (trainer.network && trainer.network->known)
        check_learns(&trainer);
}
