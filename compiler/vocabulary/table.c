/* Everything a .net file can name: one row a noun. */
#include <string.h>

#include "vocabulary/vocabulary.h"

/* ROW(C name of the noun) */
#define LAYERS(ROW) \
    ROW(conv2d) ROW(conv_transpose2d) ROW(max_pool2d) ROW(avg_pool2d) ROW(adaptive_avg_pool2d) \
    ROW(adaptive_max_pool2d) ROW(conv1d) ROW(conv_transpose1d) ROW(max_pool1d) ROW(avg_pool1d) \
    ROW(adaptive_avg_pool1d) ROW(adaptive_max_pool1d) \
    ROW(relu) ROW(residual) ROW(concat) ROW(multiply) \
    ROW(flatten) ROW(unflatten) ROW(identity) ROW(zero_pad2d) ROW(constant_pad2d) \
    ROW(reflection_pad2d) ROW(replication_pad2d) ROW(circular_pad2d) ROW(zero_pad1d) ROW(constant_pad1d) \
    ROW(reflection_pad1d) ROW(replication_pad1d) ROW(circular_pad1d) ROW(upsample) ROW(linear) ROW(dropout) \
    ROW(dropout1d) ROW(dropout2d) ROW(stochastic_depth) \
    ROW(batch_norm1d) ROW(batch_norm2d) ROW(group_norm) ROW(instance_norm1d) ROW(instance_norm2d) ROW(layer_norm) \
    ROW(embedding) ROW(embedding_bag) ROW(permute) \
    ROW(sigmoid) ROW(tanh) ROW(relu6) ROW(leaky_relu) ROW(hardtanh) ROW(elu) ROW(selu) ROW(celu) ROW(gelu) ROW(silu) \
    ROW(mish) ROW(hardswish) ROW(hardsigmoid) ROW(softplus) ROW(log_sigmoid) ROW(softsign) ROW(tanhshrink) \
    ROW(softshrink) ROW(hardshrink) ROW(threshold) ROW(prelu) ROW(softmax) ROW(log_softmax)
#define LOSSES(ROW) \
    ROW(l1) ROW(mse) ROW(smooth_l1) ROW(huber) ROW(cross_entropy) ROW(nll) ROW(bce) ROW(bce_with_logits) ROW(kl_div)
#define OPTIMIZERS(ROW) \
    ROW(sgd) ROW(adam) ROW(adamw) ROW(nadam) ROW(radam) ROW(rmsprop) ROW(adagrad) ROW(adadelta) ROW(adamax)
#define SCHEDULERS(ROW) \
    ROW(step) ROW(multi_step) ROW(exponential) ROW(constant) ROW(linear) ROW(polynomial) ROW(cosine_annealing) \
    ROW(cosine_annealing_warm_restarts) ROW(one_cycle) ROW(cyclic) ROW(reduce_on_plateau) ROW(sequential) ROW(chained)
#define INITIALISERS(ROW) \
    ROW(uniform) ROW(normal) ROW(trunc_normal) ROW(constant) ROW(zeros) ROW(ones) ROW(eye) ROW(dirac) \
    ROW(partial_dirac) ROW(whitening) \
    ROW(xavier_uniform) ROW(xavier_normal) ROW(kaiming_uniform) ROW(kaiming_normal) ROW(orthogonal)
#define METRICS(ROW) ROW(accuracy) ROW(confusion_matrix) ROW(mean_absolute_error) ROW(mean_squared_error)
#define DATASETS(ROW) \
    ROW(cifar10) ROW(cifar100) ROW(mnist) ROW(fashion_mnist) ROW(kmnist) ROW(qmnist) ROW(emnist) \
    ROW(image_folder) ROW(labeled_images) ROW(shapes) ROW(csv) ROW(npy) ROW(npz) \
    ROW(random_split) ROW(subset) ROW(concat)
#define TRANSFORMS(ROW) \
    ROW(resize) ROW(center_crop) ROW(random_crop) ROW(random_resized_crop) ROW(pad) \
    ROW(random_horizontal_flip) ROW(random_vertical_flip) ROW(alternating_flip) ROW(random_rotation) \
    ROW(color_jitter) ROW(grayscale) ROW(random_grayscale) \
    ROW(to_tensor) ROW(normalize) ROW(random_erasing) \
    ROW(standardize) ROW(min_max)
#define TABLE(Type, prefix, rows)                                     \
    rows(DECLARE_##prefix)                                            \
    const Type *const vocabulary_##prefix##s[] = {rows(ENTER_##prefix) NULL};

#define DECLARE_layer(name) extern const LayerKind layer_##name;
#define DECLARE_optimizer(name) extern const OptimizerKind optimizer_##name;
#define DECLARE_scheduler(name) extern const SchedulerKind scheduler_##name;
#define DECLARE_initialiser(name) extern const InitialiserKind initialiser_##name;
#define DECLARE_metric(name) extern const MetricKind metric_##name;
#define DECLARE_dataset(name) extern const DatasetKind dataset_##name;
#define DECLARE_transform(name) extern const TransformKind transform_##name;
#define ENTER_layer(name) &layer_##name,
#define ENTER_optimizer(name) &optimizer_##name,
#define ENTER_scheduler(name) &scheduler_##name,
#define ENTER_initialiser(name) &initialiser_##name,
#define ENTER_metric(name) &metric_##name,
#define ENTER_dataset(name) &dataset_##name,
#define ENTER_transform(name) &transform_##name,

TABLE(LayerKind, layer, LAYERS)
TABLE(OptimizerKind, optimizer, OPTIMIZERS)
TABLE(SchedulerKind, scheduler, SCHEDULERS)
TABLE(InitialiserKind, initialiser, INITIALISERS)
TABLE(MetricKind, metric, METRICS)
TABLE(DatasetKind, dataset, DATASETS)
TABLE(TransformKind, transform, TRANSFORMS)

#define DECLARE_loss(name) extern const LossKind loss_##name;
#define ENTER_loss(name) &loss_##name,
LOSSES(DECLARE_loss)
const LossKind *const vocabulary_losses[] = {LOSSES(ENTER_loss) NULL};

const NounGroup vocabulary_groups[] = {
    {"layers", "layer", "torch.nn"},
    {"losses", "loss", "torch.nn"},
    {"optimizers", "optimizer", "torch.optim"},
    {"schedulers", "scheduler", "torch.optim.lr_scheduler"},
    {"initialisers", "initialiser", "torch.nn.init"},
    {"metrics", "metric", "torchmetrics"},
    {"data sets", "data set", "torchvision.datasets"},
    {"transforms", "transform", "torchvision.transforms"},
    {"settings", "setting of a train block", NULL},
    {"words", "word of the language", NULL},
    {0},
};

/* The kinds have their names, summaries, parameters and help alike. */
#define FIND(group_number, kinds)                                                                                \
    for (int i = 0; kinds[i]; i++) {                                                                             \
        if (place-- == 0) {                                                                                      \
            *noun = (Noun){group_number, kinds[i]->name, kinds[i]->summary, kinds[i]->params, &kinds[i]->help}; \
            return true;                                                                                         \
        }                                                                                                        \
    }

bool vocabulary_noun(int place, Noun *noun)
{
    FIND(0, vocabulary_layers)
    FIND(1, vocabulary_losses)
    FIND(2, vocabulary_optimizers)
    FIND(3, vocabulary_schedulers)
    FIND(4, vocabulary_initialisers)
    FIND(5, vocabulary_metrics)
    FIND(6, vocabulary_datasets)
    FIND(7, vocabulary_transforms)
    static const Param no_params[] = {{0}};
    for (int i = 0; i < SET_COUNT; i++) {
        const SettingInfo *setting = &vocabulary_settings[i];
        if (place-- == 0) {
            *noun = (Noun){8, setting->name, setting->summary, setting->params, &setting->help};
            return true;
        }
    }
    for (const Word *word = vocabulary_words; word->name; word++) {
        if (place-- == 0) {
            *noun = (Noun){9, word->name, word->summary, no_params, &word->help};
            return true;
        }
    }
    return false;
}

/* Those whose arguments are the layer's, in the layer's order. */
static const Operation operations[] = {
    {"adaptive_avg_pool2d", &layer_adaptive_avg_pool2d, 0},
    {"avg_pool2d", &layer_avg_pool2d, 0},
    {"elu", &layer_elu, 0},
    {"flatten", &layer_flatten, 1},
    {"gelu", &layer_gelu, 0},
    {"hardsigmoid", &layer_hardsigmoid, 0},
    {"hardswish", &layer_hardswish, 0},
    {"leaky_relu", &layer_leaky_relu, 0},
    {"max_pool2d", &layer_max_pool2d, 0},
    {"mish", &layer_mish, 0},
    {"relu", &layer_relu, 0},
    {"relu6", &layer_relu6, 0},
    {"selu", &layer_selu, 0},
    {"sigmoid", &layer_sigmoid, 0},
    {"silu", &layer_silu, 0},
    {"softplus", &layer_softplus, 0},
    {"tanh", &layer_tanh, 0},
};

const Operation *vocabulary_operation(const char *name)
{
    static const char *const modules[] = {"torch.nn.functional.", "nn.functional.", "torch.", "F.", NULL};
    for (const char *const *module = modules; *module; module++)
        if (strncmp(name, *module, strlen(*module)) == 0) {
            name += strlen(*module);
            break;
        }
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    return NULL;
}

const LayerKind *vocabulary_joint(const char *name)
{
    for (int i = 0; vocabulary_layers[i]; i++) {
        const LayerKind *kind = vocabulary_layers[i];
        if (kind->branches && *name == (*kind->name | ('a' - 'A')) && strcmp(name + 1, kind->name + 1) == 0)
            return kind;
    }
    return NULL;
}
