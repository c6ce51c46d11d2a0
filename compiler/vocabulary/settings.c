/* The settings of a train block, and what they take. */
#include "vocabulary/vocabulary.h"

static const Param none_params[] = {{0}};
static const Param seed_params[] = {{"seed", ARG_INT, NULL, NULL}, {0}};
static const Param device_params[] = {{"device", ARG_WORD, NULL, NULL}, {0}};
static const Param threads_params[] = {{"threads", ARG_INT, NULL, NULL}, {0}};
static const Param epochs_params[] = {{"epochs", ARG_INT, NULL, NULL}, {0}};
static const Param shards_params[] = {{"shards", ARG_INT, NULL, NULL}, {0}};
static const Param accumulate_params[] = {{"accumulate", ARG_INT, NULL, NULL}, {0}};
static const Param load_params[] = {
    {"file", ARG_STRING, NULL, NULL},
    {"strict", ARG_BOOL, "True", NULL},
    {"prefix", ARG_STRING, "None", NULL},
    {"rename", ARG_RENAMES, "None", NULL},
    {"map_location", ARG_STRING, "None", NULL},
    {0},
};
static const Param log_params[] = {
    {"folder", ARG_STRING, "None", NULL},
    {"every", ARG_INT, "100", NULL},
    {"images", ARG_INT, "0", NULL},
    {"histograms", ARG_BOOL, "False", NULL},
    {"graph", ARG_BOOL, "False", NULL},
    {"layers", ARG_COLUMNS, "None", NULL},
    {0},
};
static const Param report_params[] = {{"file", ARG_STRING, NULL, NULL}, {0}};
static const Param save_params[] = {
    {"pattern", ARG_STRING, NULL, NULL},
    {"keep", ARG_INT, "None", NULL},
    {"best", ARG_WORD, "None", NULL},
    {"every", ARG_INT, "None", NULL},
    {"unit", ARG_WORD, "step", NULL},
    {"whole", ARG_BOOL, "False", NULL},
    {0},
};
static const Param stop_params[] = { /* keras.callbacks.EarlyStopping, lightning's EarlyStopping */
    {"patience", ARG_INT, NULL, NULL},
    {"metric", ARG_WORD, "test_loss", NULL},
    {"min_delta", ARG_FLOAT, "0.0", NULL},
    {"mode", ARG_WORD, "auto", NULL},
    {"restore_best", ARG_BOOL, "False", NULL},
    {0},
};
/* torch.utils.data.DataLoader, after the data set */
#define LOADER_PARAMS \
    {"batch_size", ARG_INT, "1", NULL}, \
    {"shuffle", ARG_BOOL, "False", NULL}, \
    {"sampler", ARG_STRING, "None", "'sampler' is not supported: samples come in order or shuffled"}, \
    {"batch_sampler", ARG_STRING, "None", "'batch_sampler' is not supported: samples come in order or shuffled"}, \
    {"num_workers", ARG_INT, "0", NULL}, \
    {"collate_fn", ARG_STRING, "None", "'collate_fn' is not supported: a batch is its samples one after the other"}, \
    {"pin_memory", ARG_BOOL, "False", "'pin_memory' is not supported: netc itself takes samples to a device"}, \
    {"drop_last", ARG_BOOL, "False", NULL}, \
    {"timeout", ARG_FLOAT, "0", \
     "'timeout' is not supported: workers are threads of the program, and wait for nothing"}, \
    {"worker_init_fn", ARG_STRING, "None", "'worker_init_fn' is not supported: workers are threads of the program"}, \
    {"multiprocessing_context", ARG_STRING, "None", \
     "'multiprocessing_context' is not supported: workers are threads of the program"}, \
    {"generator", ARG_STRING, "None", "'generator' is not supported: there is one generator, which 'seed' begins"}, \
    {"prefetch_factor", ARG_INT, "None", NULL}, \
    {"persistent_workers", ARG_BOOL, "False", \
     "'persistent_workers' says nothing here: workers are threads, which stay until the end"},

static const Param loader_params[] = {
    LOADER_PARAMS
    {0},
};
static const Param test_params[] = {
    LOADER_PARAMS
    {"every", ARG_INT, "1", NULL},
    {"views", ARG_WORD, "None", NULL},
    {0},
};
static const Param clip_params[] = {
    {"grad_norm", ARG_FLOAT, "None", NULL},
    {"grad_value", ARG_FLOAT, "None", NULL},
    {"norm_type", ARG_FLOAT, "2.0", "'clip' measures gradients by their Euclidean norm: leave norm_type out"},
    {"error_if_nonfinite", ARG_BOOL, "False",
     "'clip' leaves a norm that is not finite to the next loss, which ends the run: leave error_if_nonfinite out"},
    {"foreach", ARG_BOOL, "None", "'clip' has no foreach here: how it is computed is the compiler's business"},
    {0},
};

static const Param lookahead_params[] = { /* torch_optimizer.Lookahead's, and how alpha goes */
    {"k", ARG_INT, "5", NULL},
    {"alpha", ARG_FLOAT, "0.5", NULL},
    {"power", ARG_FLOAT, "0.0", NULL},
    {0},
};

const SettingInfo vocabulary_settings[SET_COUNT + 1] = {
    [SET_SEED] = {"seed", NULL,
        "where the random numbers begin, as of torch.manual_seed; without it each run draws one",
        seed_params, {.example = "seed 0"}},
    [SET_DEVICE] = {"device", NULL,
        "where it runs: cpu; cuda, an NVIDIA GPU, or \"cuda:1\", the second one; opencl, any GPU that has OpenCL; "
        "auto, cuda where there is one and else cpu; --device goes before it",
        device_params, {.example = "device auto"}},
    [SET_THREADS] = {"threads", NULL,
        "how many threads work; the results do not depend on it, and --threads goes before it; without it as many as "
        "there are cores",
        threads_params, {.example = "threads 2"}},
    [SET_LOAD] = {"load", NULL,
        "begins with the parameters of a file, .pth or .safetensors; strict=False takes what fits by name; prefix is "
        "taken off the names in it, and rename tells what the model calls a child of it; map_location says nothing "
        "here",
        load_params, {.example = "load \"vgg_9.pth\", prefix=\"module.\", rename={\"fc\": \"head\"}, strict=False"}},
    [SET_DATA] = {"data", "DATA",
        "what is learned from, as torch.utils.data.DataLoader hands it out",
        loader_params, {.example = "data drawn, batch_size=64, shuffle=True"}},
    [SET_TEST] = {"test", "DATA",
        "what is measured after each epoch, or after every so many and the last one; its batches are as large as those "
        "of data unless it says otherwise; views: test-time augmentation, the mean of the outputs for a picture and "
        "its mirror (mirror), or of these and of both moved by a pixel, up and left and down and right, which weigh "
        "half (mirror_translate: arXiv:2404.00498)",
        test_params, {.example = "test drawn, batch_size=250, views=mirror"}},
    [SET_LOSS] = {"loss", "LOSS(...)",
        "what is minimised: 'netc help losses' lists them",
        none_params, {.example = "loss CrossEntropyLoss(label_smoothing=0.1)"}},
    [SET_OPTIMIZER] = {"optimizer", "OPTIMIZER(...) { PART: ... }",
        "how parameters are changed: 'netc help optimizers' lists them; parts with settings of their own, torch's "
        "parameter groups, stand in braces behind it",
        none_params, {.example = "optimizer SGD(lr=0.1, momentum=0.9) { bias: weight_decay=0 }"}},
    [SET_EPOCHS] = {"epochs", NULL,
        "how often it goes over the data; without it once",
        epochs_params, {.example = "epochs 10"}},
    [SET_LOG] = {"log", NULL,
        "writes what TensorBoard shows into a folder, and the same numbers into scalars.csv there: loss and accuracy "
        "every so many steps, and what is measured after an epoch; without a folder into runs/DATE_HOST, as "
        "SummaryWriter names it; images: a grid of so many samples as the model sees them, each epoch, and behind the "
        "layers of `layers` what these make of them; histograms: of the parameters, each epoch; graph: the model's "
        "graph, and this file as a text",
        log_params, {.example = "log \"logs\", images=16, layers=[0], histograms=True, graph=True"}},
    [SET_REPORT] = {"report", NULL,
        "writes after each epoch what the log has as one page of HTML, for any browser: the curves, how well each "
        "class is told, what is taken for what, wrong answers, filters, the model and this file; netc report writes "
        "such a page of runs that have ended",
        report_params, {.example = "log \"logs\"\nreport \"run.html\""}},
    [SET_SAVE] = {"save", NULL,
        "saves the parameters after each epoch as torch.save does, or every so many steps (unit=epoch: epochs); in the "
        "name {epoch} is the epoch's number and {step} the steps made; keep: so many of them stay; best: the best "
        "epoch by a metric has a file of its own, net_best.pth; whole=True saves the whole model, as torch.save(model, "
        "name) does",
        save_params, {.example = "save \"net_{epoch}.pth\", keep=3, best=accuracy"}},
    [SET_STOP] = {"stop", NULL,
        "early stopping: ends the run when a metric has not become better for so many epochs; mode=min, max or auto, "
        "by the metric; restore_best=True: the last file has the best epoch's parameters",
        stop_params, {.example = "stop patience=5, metric=test_loss, min_delta=0.001"}},
    [SET_INIT] = {"init", "PARAMETERS = INITIALISER(...), ...",
        "how parameters begin where not as torch's layers do: 'netc help initialisers' lists how",
        none_params, {.example = "init Linear.weight = normal_(0.0, 0.01)"}},
    [SET_FREEZE] = {"freeze", "PART, ...",
        "parameters that are not learned, torch's requires_grad_(False): by a child's, a parameter's or a kind of "
        "layer's name",
        none_params, {.example = "freeze 0.weight"}},
    [SET_SCHEDULER] = {"scheduler", "SCHEDULER(...), every=epoch, metric=test_loss",
        "how the learning rate goes: 'netc help schedulers' lists them; every=batch steps after each update",
        none_params, {.example = "scheduler StepLR(step_size=5, gamma=0.5)"}},
    [SET_CLIP] = {"clip", NULL,
        "keeps gradients small, as torch.nn.utils.clip_grad_norm_ or clip_grad_value_ before each update",
        clip_params, {.example = "clip grad_norm=1.0"}},
    [SET_ACCUMULATE] = {"accumulate", NULL,
        "so many batches make one update",
        accumulate_params, {.example = "accumulate 4"}},
    [SET_SHARDS] = {"shards", NULL,
        "into how many shards the processor cuts a batch: gradients are summed over each, and then over all of them; "
        "so many processes of a cluster can share a batch; each shard takes memory for its gradients, and another "
        "number of them rounds otherwise; without it 16 at most, by the size of the batch",
        shards_params, {.example = "shards 64"}},
    [SET_LOOKAHEAD] = {"lookahead", NULL,
        "averages weights: after every k updates slow weights go the share alpha of the way to those that the "
        "optimizer changes, which go on from there (arXiv:1907.08610); with a power the share is 1 - (1 - alpha) * "
        "done ** power, from all of the way at the run's beginning to alpha at its end (arXiv:2404.00498)",
        lookahead_params, {.example = "lookahead k=5, alpha=0.5"}},
    [SET_PRECISION] = {"precision", "default",
        "exact: only kernels that add the products of the definition, bit for bit; default: faster ones too; a number: "
        "those whose rounding errors are estimated within it, as a share of what a layer or its gradients come to; "
        "tf32: with device cuda tensor cores multiply, which round factors to 10 bits, elsewhere as default",
        none_params, {.example = "precision 1e-5"}},
    [SET_METRICS] = {"metrics", "METRIC(...), ...",
        "what is measured of the test data beside loss and accuracy: 'netc help metrics' lists them",
        none_params, {.example = "metrics Accuracy(top_k=5), ConfusionMatrix()"}},
};
