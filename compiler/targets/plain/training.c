/* The data, read from raw files, and the training loop: main of the program. */
#include <inttypes.h>
#include <string.h>

#include "targets/plain/plain.h"

static bool is_classes(const Plain *p)
{
    return p->program->train->loss->classes;
}

static void set_data(Plain *p)
{
    const Train *train = p->program->train;
    const Value *input = p->graph->input;
    bool bytes = input->type == TYPE_F32 && train_takes_bytes(train);
    int64_t numbers = shape_count(input->shape);
    plain_forget(p);
    plain_set(p, "input", "%s", p->member[input->id]);
    plain_set(p, "target", "%s", p->member[p->graph->target->id]);
    plain_set(p, "output", "%s", p->member[p->graph->output->id]);
    plain_set(p, "INPUTS", "%" PRId64, numbers);
    plain_set(p, "OUTPUTS", "%" PRId64, shape_count(p->graph->output->shape));
    plain_set(p, "bytes", "%s", bytes ? "1" : "");
    plain_set(p, "CHANNELS", "%" PRId64, input->shape.dim[0]);
    plain_set(p, "channel", "%" PRId64, numbers / input->shape.dim[0]);
    plain_set(p, "kind", "%s", bytes ? "BYTES" : input->type == TYPE_I64 ? "INTS" : "FLOATS");
    plain_set(p, "sample", "%s", bytes ? "unsigned char" : input->type == TYPE_I64 ? "int" : "float");
    plain_set(p, "number", "%s", input->type == TYPE_I64 ? "int" : "real");
    plain_set(p, "classes", "%s", is_classes(p) ? "1" : "");
    plain_set(p, "target_kind", "%s", is_classes(p) ? "INTS" : "FLOATS");
    plain_set(p, "target_type", "%s", is_classes(p) ? "int" : "float");
    plain_set(p, "TARGETS", "%" PRId64, shape_count(p->graph->target->shape));
    int64_t places = is_classes(p) ? shape_count(p->graph->target->shape) : 1;
    plain_set(p, "soft", "%s", plain_takes_shares(p) ? "1" : "");
    plain_set(p, "single", "%s", is_classes(p) && places == 1 ? "1" : "");
    plain_set(p, "C", "%" PRId64, shape_count(p->graph->output->shape) / places);
    plain_set(p, "P", "%s", places > 1 ? arena_printf(p->arena, "%" PRId64, places) : "");
    plain_set(p, "label", "%s", plain_label(p));
    plain_set(p, "at", "%s", plain_class(p, "i"));
    plain_set(p, "at_best", "%s", plain_class(p, "best"));
    plain_set(p, "test", "%s", train->test.data ? "1" : "");
}

void plain_print_data(Plain *p)
{
    set_data(p);
    plain_rule(p, "The data: what `netc data FILE.net --raw NAME` writes");
    plain_print(p, "enum { FLOATS, BYTES, INTS };\n"
                   "\n"
                   "/* What a raw file begins with. Behind it stand, of bytes, the float that each byte means in\n"
                   " * each channel; then all samples; then all targets. */\n"
                   "struct header {\n"
                   "char name[8]; /* \"netc raw\" */\n"
                   "int count; /* of samples */\n"
                   "int kind, numbers; /* of a sample */\n"
                   "int target_kind, targets;\n"
                   "int channels;\n"
                   "};\n"
                   "\n"
                   "struct data {\n"
                   "int count;\n"
                   "$sample (*sample)[$INPUTS];\n"
                   "?bytes float meaning[$CHANNELS][256];\n"
                   "$target_type (*target)[$TARGETS];\n"
                   "?soft float (*shares)[$OUTPUTS];\n"
                   "int *order; /* in which samples are taken */\n"
                   "};\n"
                   "\n"
                   "static void *read_all(FILE *file, size_t count, size_t size)\n"
                   "{\n"
                   "void *bytes = malloc(count * size);\n"
                   "if (bytes == NULL || fread(bytes, size, count, file) != count) {\n"
                   "fprintf(stderr, \"the data end too early, or there is no memory for them\\n\");\n"
                   "exit(1);\n"
                   "}\n"
                   "return bytes;\n"
                   "}\n"
                   "\n"
                   "static struct data read_data(const char *path)\n"
                   "{\n"
                   "struct data d;\n"
                   "struct header h;\n"
                   "FILE *file = fopen(path, \"rb\");\n"
                   "if (file == NULL || fread(&h, sizeof h, 1, file) != 1 || memcmp(h.name, \"netc raw\", 8) != 0) {\n"
                   "fprintf(stderr, \"%s is no raw file\\n\", path);\n"
                   "exit(1);\n"
                   "}\n"
                   "?soft shares = h.target_kind == FLOATS ? a.shares : NULL;\n"
                   "?soft int targets = shares ? $OUTPUTS : $TARGETS;\n"
                   "?soft if (h.kind != $kind || h.numbers != $INPUTS || h.targets != targets) {\n"
                   "!soft if (h.kind != $kind || h.numbers != $INPUTS || h.target_kind != $target_kind || "
                   "h.targets != $TARGETS) {\n"
                   "fprintf(stderr, \"the samples or the targets of %s are others than the model takes\\n\", path);\n"
                   "exit(1);\n"
                   "}\n"
                   "d.count = h.count;\n"
                   "?bytes if (fread(d.meaning, sizeof d.meaning, 1, file) != 1)\n"
                   "?bytes exit(1);\n"
                   "d.sample = read_all(file, d.count, sizeof *d.sample);\n"
                   "?soft if (shares)\n"
                   "?soft d.shares = read_all(file, d.count, sizeof *d.shares);\n"
                   "?soft else\n"
                   "d.target = read_all(file, d.count, sizeof *d.target);\n"
                   "d.order = malloc(d.count * sizeof *d.order);\n"
                   "if (d.order == NULL)\n"
                   "exit(1);\n"
                   "fclose(file);\n"
                   "return d;\n"
                   "}\n"
                   "\n"
                   "/* A pass over the data begins: torch's DataLoader draws a number for workers, then one for\n"
                   " * the order. */\n"
                   "static void put_in_order(struct data *d, int shuffle)\n"
                   "{\n"
                   "struct generator g;\n"
                   "random64(&mt);\n"
                   "for (int i = 0; i < d->count; i++)\n"
                   "d->order[i] = i;\n"
                   "if (!shuffle)\n"
                   "return;\n"
                   "seed(&g, random64(&mt));\n"
                   "shuffled(&g, d->count, d->order);\n"
                   "}\n"
                   "\n"
                   "?soft /* The most probable class stands for the label, by which accuracy goes. */\n"
                   "?soft static void take_most_probable(int n)\n"
                   "?soft {\n"
                   "?soft ?P for (int p = 0; p < $P; p++)\n"
                   "?soft {\n"
                   "?soft int best = 0;\n"
                   "?soft for (int i = 1; i < $C; i++)\n"
                   "?soft if (a.shares[$at] > a.shares[$at_best])\n"
                   "?soft best = i;\n"
                   "?soft a.$target[$label] = best;\n"
                   "?soft }\n"
                   "?soft }\n"
                   "?soft \n"
                   "/* Puts samples into the arena, from place `first` of the order on, and tells how many. */\n"
                   "static int take_batch(const struct data *d, int first, int size)\n"
                   "{\n"
                   "int count = d->count - first < size ? d->count - first : size;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "int sample = d->order[first + n];\n"
                   "$number *x = a.$input + n * $INPUTS;\n"
                   "for (int i = 0; i < $INPUTS; i++)\n"
                   "?bytes x[i] = d->meaning[i / $channel][d->sample[sample][i]];\n"
                   "!bytes x[i] = d->sample[sample][i];\n"
                   "?soft if (shares) {\n"
                   "?soft for (int i = 0; i < $OUTPUTS; i++)\n"
                   "?soft a.shares[n * $OUTPUTS + i] = d->shares[sample][i];\n"
                   "?soft take_most_probable(n);\n"
                   "?soft continue;\n"
                   "?soft }\n"
                   "?single a.$target[n] = d->target[sample][0];\n"
                   "!single for (int i = 0; i < $TARGETS; i++)\n"
                   "!single a.$target[n * $TARGETS + i] = d->target[sample][i];\n"
                   "}\n"
                   "return count;\n"
                   "}\n"
                   "\n");
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

static void set_loader(Plain *p, const char *batch, const char *shuffle, const Loader *loader)
{
    plain_set(p, batch, "%d", loader->batch_size);
    plain_set(p, shuffle, "%d", loader->shuffle);
}

static void print_score(Plain *p)
{
    plain_print(p, "/* What a pass over some batches gave. */\n"
                   "struct score {\n"
                   "double loss, divisor; /* sums of the losses, and of what their means are divided by */\n"
                   "double sum; /* of the batches' losses */\n"
                   "?classes int right, judged;\n"
                   "};\n"
                   "\n");
    if (is_classes(p))
        plain_print(p, "/* Counts how many classes the model gets right. */\n"
                       "static void count_right(struct score *score, int count)\n"
                       "{\n"
                       "for (int n = 0; n < count; n++)\n"
                       "?P for (int p = 0; p < $P; p++)\n"
                       "{\n"
                       "int best = 0;\n"
                       "for (int i = 1; i < $C; i++)\n"
                       "if (a.$output[$at] > a.$output[$at_best])\n"
                       "best = i;\n"
                       "score->right += best == a.$target[$label] && a.$target[$label] != $ignore;\n"
                       "score->judged += a.$target[$label] != $ignore;\n"
                       "}\n"
                       "}\n"
                       "\n");
    plain_print(p, "/* One batch; returns its loss. */\n"
                   "static double take_step(struct score *score, int count, int training)\n"
                   "{\n"
                   "double divisor, sum = forward($forward);\n"
                   "?mean double loss = divisor == 0 ? 0 : sum / divisor;\n"
                   "!mean double loss = sum;\n"
                   "score->loss += sum;\n"
                   "score->divisor += divisor;\n"
                   "score->sum += loss;\n"
                   "?classes count_right(score, count);\n"
                   "if (training)\n"
                   "backward($backward);\n"
                   "return loss;\n"
                   "}\n"
                   "\n");
}

static void print_test(Plain *p)
{
    plain_print(p, "static struct score evaluate(struct data *d)\n"
                   "{\n"
                   "struct score score = {0};\n"
                   "put_in_order(d, $test_shuffle);\n"
                   "for (int first = 0; $test_go_on; first += $test_batch)\n"
                   "take_step(&score, take_batch(d, first, $test_batch), 0);\n"
                   "return score;\n"
                   "}\n"
                   "\n");
}

static void print_main(Plain *p)
{
    plain_print(p, "int main(int argc, char **argv)\n"
                   "{\n"
                   "struct options o = read_options(argc, argv);\n"
                   "struct data train = read_data(o.train);\n"
                   "?test struct data test = read_data(o.test);\n"
                   "int done = 0;\n"
                   "seed(&mt, $seed);\n"
                   "!seeded printf(\"seed %u\\n\", o.seed);\n"
                   "init();\n"
                   "?load load(o.load);\n"
                   "?schedule start_schedule(train.count);\n"
                   "for (int epoch = 0; epoch < $epochs && done < o.steps; epoch++) {\n"
                   "struct score score = {0};\n"
                   "int batches = 0;\n"
                   "put_in_order(&train, $shuffle);\n"
                   "for (int first = 0; $go_on && done < o.steps; first += $batch) {\n"
                   "double loss = take_step(&score, take_batch(&train, first, $batch), 1);\n"
                   "?gather if (gather(batches + 1 == batches_of(train.count)))\n"
                   "?gather {\n"
                   "step();\n"
                   "?schedule_update schedule(0);\n"
                   "?gather }\n"
                   "batches++;\n"
                   "if (++done % o.every == 0)\n"
                   "?classes printf(\"step %d  loss %f  accuracy %.4f\\n\", done, loss, "
                   "(double)score.right / score.judged);\n"
                   "!classes printf(\"step %d  loss %f\\n\", done, loss);\n"
                   "}\n"
                   "?test struct score result = evaluate(&test);\n"
                   "printf(\"epoch %d  train_loss %f\", epoch + 1, score.sum / batches);\n"
                   "?classes printf(\"  train_accuracy %.4f\", (double)score.right / score.judged);\n"
                   "?test printf(\"  test_loss %f  sum %f\", result.loss / result.divisor, result.sum);\n"
                   "?test ?classes printf(\"  test_accuracy %.4f\", (double)result.right / result.judged);\n"
                   "printf(\"\\n\");\n"
                   "?schedule_epoch if (batches == batches_of(train.count))\n"
                   "?schedule_epoch schedule($metric);\n"
                   "?stop if (stops($stop_metric))\n"
                   "?stop break;\n"
                   "}\n"
                   "?restore if (best.waited > 0 && fabs(best.metric) != HUGE_VAL)\n"
                   "?restore exchange_best(1);\n"
                   "if (o.save != NULL)\n"
                   "save(o.save);\n"
                   "return 0;\n"
                   "}\n");
}

/* "first < d->count"; where the last batch may be too short, it is dropped. */
static const char *go_on(Plain *p, const Loader *loader, const char *data)
{
    return loader->drop_last ? arena_printf(p->arena, "first + %d <= %scount", loader->batch_size, data)
                             : arena_printf(p->arena, "first < %scount", data);
}

static void print_options(Plain *p)
{
    plain_print(p, "struct options {\n"
                   "const char *train, *test, *load, *save;\n"
                   "int steps, every;\n"
                   "!seeded unsigned seed;\n"
                   "};\n"
                   "\n"
                   "static struct options read_options(int argc, char **argv)\n"
                   "{\n"
                   "?seeded struct options o = {.steps = INT_MAX, .every = $every};\n"
                   "!seeded struct options o = {.steps = INT_MAX, .every = $every, .seed = time(NULL)};\n"
                   "for (int i = 1; i < argc; i++)\n"
                   "if (strncmp(argv[i], \"steps=\", 6) == 0)\n"
                   "o.steps = atoi(argv[i] + 6);\n"
                   "else if (strncmp(argv[i], \"every=\", 6) == 0 && atoi(argv[i] + 6) > 0)\n"
                   "o.every = atoi(argv[i] + 6);\n"
                   "else if (strncmp(argv[i], \"save=\", 5) == 0)\n"
                   "o.save = argv[i] + 5;\n"
                   "!seeded else if (strncmp(argv[i], \"seed=\", 5) == 0)\n"
                   "!seeded o.seed = strtoul(argv[i] + 5, NULL, 10);\n"
                   "else if (o.train == NULL)\n"
                   "o.train = argv[i];\n"
                   "?test ?load else if (o.test == NULL)\n"
                   "?test !load else\n"
                   "?test o.test = argv[i];\n"
                   "?load else\n"
                   "?load o.load = argv[i];\n"
                   "if ($last == NULL) {\n"
                   "fprintf(stderr, \"usage: %s TRAIN.raw$test_raw$load_file [steps=N] [every=N] "
                   "[save=FILE]$seed_option\\n\", argv[0]);\n"
                   "exit(2);\n"
                   "}\n"
                   "return o;\n"
                   "}\n"
                   "\n");
}

void plain_print_training(Plain *p)
{
    const Train *train = p->program->train;
    static const char *const metrics[] = {"0", "result.loss / result.divisor",
                                          "(double)result.right / result.judged", "score.sum / batches",
                                          "(double)score.right / score.judged"};
    set_data(p);
    plain_set(p, "test_raw", "%s", train->test.data ? " TEST.raw" : "");
    set_loader(p, "batch", "shuffle", &train->data);
    set_loader(p, "test_batch", "test_shuffle", &train->test);
    plain_set(p, "go_on", "%s", go_on(p, &train->data, "train."));
    plain_set(p, "test_go_on", "%s", go_on(p, &train->test, "d->"));
    plain_set(p, "mean", "%s", p->graph->loss->producer->attr.loss->reduction == REDUCE_SUM ? "" : "1");
    plain_set(p, "ignore", "%" PRId64, p->graph->loss->producer->attr.loss->ignore_index);
    plain_set(p, "forward", "%s", p->forward_arguments);
    plain_set(p, "backward", "%s", p->backward_arguments);
    plain_set(p, "seeded", "%s", train->has_seed ? "1" : "");
    plain_set(p, "seed", train->has_seed ? "%" PRIu64 : "o.seed", train->seed & 0xffffffffu);
    plain_set(p, "load", "%s", plain_loads(p) ? "1" : "");
    plain_set(p, "load_file", "%s", plain_loads(p) ? " PARAMETERS.safetensors" : "");
    plain_set(p, "last", "o.%s", plain_loads(p) ? "load" : train->test.data ? "test" : "train");
    plain_set(p, "seed_option", "%s", train->has_seed ? "" : " [seed=N]");
    plain_set(p, "stop", "%s", train->stop ? "1" : "");
    plain_set(p, "restore", "%s", plain_restores(train) ? "1" : "");
    if (train->stop)
        plain_set(p, "stop_metric", "%s", metrics[plain_stop_metric(train)]);
    plain_set(p, "epochs", "%d", train->epochs);
    plain_set(p, "every", "%d", train->log_every);
    plain_set(p, "schedule", "%s", train->scheduler ? "1" : "");
    plain_set(p, "schedule_update", "%s", train->scheduler && train->every_batch ? "1" : "");
    plain_set(p, "schedule_epoch", "%s", train->scheduler && !train->every_batch ? "1" : "");
    plain_set(p, "metric", "%s", metrics[train->metric]);
    plain_set(p, "gather", "%s", plain_gathers(train) ? "1" : "");
    plain_rule(p, "Training");
    print_score(p);
    if (train->test.data)
        print_test(p);
    plain_print_keeping(p);
    print_options(p);
    print_main(p);
}
