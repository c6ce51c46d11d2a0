/* What the files that build a train block share. */
#ifndef NETC_MODEL_TRAINER_H
#define NETC_MODEL_TRAINER_H

#include "model/build.h"

typedef struct Trainer {
    Build *build;
    Train *train;
    const Syntax *found[SET_COUNT]; /* the settings that the file has */
    VEC(const Syntax *) inits, freezes; /* of which there may be several */
    bool broken;                    /* some could not be read */
    NetworkEntry *network;
    DataEntry *data, *test;
} Trainer;

/* Binds a setting that is plain arguments. False where it is not given, or wrong. */
bool bind_setting(Trainer *t, SettingKind kind, Args *args);

/* The call that a setting begins with: `loss CrossEntropyLoss()`. NULL after reporting; `alone`: nothing follows it. */
const Syntax *setting_call(Trainer *t, SettingKind kind, bool alone, const char *example);

/* Whether `arg` of `name` is at least `least`. False after reporting. */
bool at_least(Trainer *t, const char *name, const Arg *arg, int64_t least);

/* Parameters by a name: of a child or of a parameter (features, classifier.0.bias), of a kind of layer, with one of its
 * parameters or without (Linear, Linear.weight), or that parameters have in their layers (bias). False after reporting
 * that there are none. */
typedef struct Selection {
    VEC(Parameter *) parameters;
} Selection;
bool select_in_module(Build *build, const Module *module, Name name, Selection *selection);
bool select_parameters(Build *build, const Network *network, Name name, Selection *selection);

/* The name that stands alone behind a setting, as in `device cpu`; NULL with *span set where something else does. */
const char *setting_name(const Syntax *setting, Span *span);

/* Train.precision (precision.c). */
void build_precision(Trainer *t);

/* Settings: the optimizer with its parts, clipping and accumulation (optimizer.c); the scheduler (scheduler.c), which
 * looks at the optimizer and the data; initial values (inits.c); what is not learned (freeze.c), which build_optimizer
 * looks at. */
void build_freezes(Trainer *t);
void build_optimizer(Trainer *t);
void build_scheduler(Trainer *t);
void build_inits(Trainer *t);

/* Warns where the numbers of the test data are scaled otherwise than those of the training data (scales.c). */
void check_scales(Trainer *t);

/* What is logged, and the page that shows it (log.c). */
void build_log(Trainer *t);
void build_report(Trainer *t);

/* What is measured of the test data, once the loss is known (metrics.c). */
void build_metrics(Trainer *t);

/* What is saved and kept, and when the run ends before its last epoch, once the metrics are known (keep.c). */
void build_keeping(Trainer *t);

/* Whether the string of setting `name` is not empty. False after reporting. */
bool not_empty(Trainer *t, const char *name, const Arg *arg);

#endif
