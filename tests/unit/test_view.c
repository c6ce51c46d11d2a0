/* Data sets made of others. The numbers of the splits are PyTorch's 2.13:
 *     [p.indices for p in random_split(range(30), [0.3, 0.3, 0.4], generator=torch.Generator().manual_seed(42))] */
#include "fails.h"
#include "internal.h"
#include "suite.h"

enum { MOST = 40 };

static const struct nc_model MODEL = {.name = "Small", .input_rank = 1, .input_shape = {2}, .outputs = 9, .classes = 1};
static struct nc_run run = {.model = &MODEL, .program = "test", .quiet = 1};

/* A set by hand: sample i is the floats {from + i, -1}, or bytes where `bytes`, its class i % classes. */
struct toy {
    struct nc_data data;
    int from, count, classes, bytes, regression, floats, loads;
    const char *const *names;
    float samples[MOST][2];
    unsigned char raw[MOST][2];
    const unsigned char *part;
    int labels[MOST];
    float targets[MOST];
};

static void load_toy(struct nc_data *data)
{
    struct toy *toy = (struct toy *)data;
    toy->loads++;
    for (int i = 0; i < toy->count; i++) {
        toy->samples[i][0] = (float)(toy->from + i);
        toy->samples[i][1] = -1;
        toy->raw[i][0] = (unsigned char)(toy->from + i);
        toy->labels[i] = toy->classes > 0 ? i % toy->classes : 0;
        toy->targets[i] = (float)(toy->from + i) / 2;
    }
    toy->part = toy->bytes ? toy->raw[0] : (const unsigned char *)toy->samples;
    data->kind = "Toy";
    data->count = toy->count;
    data->rank = 1;
    data->shape[0] = 2;
    data->element = toy->bytes ? NC_BYTE : NC_FLOAT;
    data->sample_bytes = toy->bytes ? 2 : sizeof toy->samples[0];
    data->parts = &toy->part;
    data->part_samples = toy->count;
    data->classes = toy->classes;
    data->class_names = toy->names;
    data->labels = toy->regression ? NULL : toy->labels;
    data->targets = toy->regression ? toy->targets : NULL;
    data->target_floats = toy->regression ? 1 : 0;
}

/* Data sets live until the program ends: here they are kept so that no leak is seen in them. */
static void *kept[32];
static int kept_count;

static void *keep(void *data)
{
    return kept[kept_count++ % 32] = data;
}

static struct toy *new_toy(const char *name, int from, int count, int classes, const char *const *names)
{
    struct toy *toy = keep(nc_memory(NULL, 1, sizeof *toy, "a toy"));
    toy->data = (struct nc_data){.run = &run, .name = name, .load = load_toy};
    toy->from = from;
    toy->count = count;
    toy->classes = classes;
    toy->names = names;
    return toy;
}

static float first_of(struct nc_data *data, long long sample)
{
    return *(const float *)nc_data_sample(data, sample);
}

static void expect(struct nc_data *data, int count, const int *firsts)
{
    ck_assert_int_eq(data->count, count);
    for (int i = 0; i < count; i++)
        ck_assert(first_of(data, i) == (float)firsts[i]);
}

START_TEST(splits_as_torch)
{
    static const double counts[] = {3, 7}, thirds[] = {0.3, 0.3, 0.4}, quarters[] = {0.5, 0.25, 0.25};
    static const struct {
        int samples, parts, part, seed;
        const double *lengths;
        int count, firsts[12];
    } splits[] = {
        {10, 2, 0, 42, counts, 3, {2, 6, 1}},
        {10, 2, 1, 42, counts, 7, {8, 4, 5, 0, 9, 3, 7}},
        {30, 3, 0, 42, thirds, 9, {12, 0, 6, 25, 8, 15, 10, 18, 16}},
        {30, 3, 1, 42, thirds, 9, {23, 28, 26, 20, 7, 21, 22, 29, 13}},
        {30, 3, 2, 42, thirds, 12, {14, 2, 4, 1, 9, 11, 17, 19, 27, 5, 24, 3}},
        {11, 3, 0, 0, quarters, 6, {10, 0, 4, 3, 5, 8}}, /* rounded down, the one left over goes to the first */
        {11, 3, 1, 0, quarters, 3, {2, 1, 9}},
        {11, 3, 2, 0, quarters, 2, {7, 6}},
    };
    struct toy *toy = new_toy("toy", 0, splits[_i].samples, 3, NULL);
    struct nc_data *part = keep(nc_random_split(&run, "part", &toy->data, splits[_i].lengths, splits[_i].parts,
                                                splits[_i].part, (unsigned long long)splits[_i].seed));
    part->load(part);
    expect(part, splits[_i].count, splits[_i].firsts);
    for (int i = 0; i < splits[_i].count; i++)
        ck_assert_int_eq(part->labels[i], splits[_i].firsts[i] % 3);
    ck_assert_int_eq(part->classes, 3);
}
END_TEST

START_TEST(parts_of_parts)
{
    static const long long runs[][3] = {{4, 1, 3}, {20, -5, 4}}, again[][3] = {{6, -3, 3}};
    static const int firsts[] = {4, 5, 6, 20, 15, 10, 5}, of_those[] = {5, 20, 4};
    struct toy *toy = new_toy("toy", 0, 30, 3, NULL);
    struct nc_data *few = keep(nc_subset(&run, "few", &toy->data, runs, 2));
    struct nc_data *fewer = keep(nc_subset(&run, "fewer", few, again, 1));
    fewer->load(fewer);
    expect(few, 7, firsts);
    expect(fewer, 3, of_those);
    struct nc_data *other = keep(nc_subset(&run, "other", &toy->data, runs, 1));
    other->load(other);
    expect(other, 3, firsts);
    ck_assert_int_eq(toy->loads, 1);
}
END_TEST

/* A folder of ants and a folder of bees are a set of two classes; numbers without names stay numbers. */
START_TEST(classes_by_their_names)
{
    static const char *const ants[] = {"ants", NULL}, *const insects[] = {"bees", "ants", NULL};
    static const int labels[] = {0, 0, 1, 0, 1}, firsts[] = {10, 11, 20, 21, 22}, numbers[] = {0, 0, 0, 1, 0};
    const char *const *const names[] = {ants, insects};
    struct toy *a = new_toy("a", 10, 2, 1, _i == 0 ? names[0] : NULL), *b = new_toy("b", 20, 3, 2, _i == 0 ? names[1]
                                                                                                          : NULL);
    struct nc_data *both = keep(nc_concat(&run, "both", (struct nc_data *const[]){&a->data, &b->data}, 2));
    both->load(both);
    expect(both, 5, firsts);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(both->labels[i], (_i == 0 ? labels : numbers)[i]);
    ck_assert_int_eq(both->classes, 2);
    if (_i == 0) {
        ck_assert_str_eq(both->class_names[0], "ants");
        ck_assert_str_eq(both->class_names[1], "bees");
    } else {
        ck_assert_ptr_null(both->class_names);
    }
}
END_TEST

START_TEST(targets_go_along)
{
    static const long long runs[][3] = {{3, 2, 2}};
    struct toy *toy = new_toy("toy", 0, 9, 0, NULL);
    toy->regression = 1;
    struct nc_data *few = keep(nc_subset(&run, "few", &toy->data, runs, 1));
    few->load(few);
    ck_assert(few->targets[0] == 1.5f && few->targets[1] == 2.5f && few->target_floats == 1);
}
END_TEST

/* One that prepares its samples, here by adding what was drawn, beside one that has them ready. */
static void no_memory(struct nc_data *data, int workers)
{
    (void)data;
    ck_assert_int_eq(workers, 2);
}

static int draw(struct nc_data *data, long long sample, struct nc_random *random, void *plan, struct nc_why *why)
{
    (void)data;
    (void)sample;
    (void)why;
    *(unsigned *)plan = nc_random32(random) % 100;
    return 1;
}

static void end_draw(struct nc_data *data, void *plan)
{
    (void)data;
    (void)plan;
}

static int add_drawn(struct nc_data *data, long long sample, const void *plan, int worker, void *slot, char *why,
                     size_t capacity)
{
    (void)why;
    (void)capacity;
    ck_assert_int_eq(worker, 1);
    memcpy(slot, nc_data_sample(data, sample), 2 * sizeof(float));
    *(float *)slot += (float)*(const unsigned *)plan;
    return 1;
}

static const struct nc_preparation drawing = {
    .random = 1, .bytes = 2 * sizeof(float), .plan_bytes = sizeof(unsigned), .start = no_memory, .plan = draw,
    .end_plan = end_draw, .make = add_drawn,
};

START_TEST(prepared_beside_ready)
{
    struct toy *a = new_toy("a", 0, 3, 1, NULL), *b = new_toy("b", 100, 3, 1, NULL);
    b->data.preparation = &drawing;
    struct nc_data *both = keep(nc_concat(&run, "both", (struct nc_data *const[]){&a->data, &b->data}, 2));
    both->load(both);
    const struct nc_preparation *p = both->preparation;
    struct nc_random random, same;
    nc_random_seed(&random, 1);
    nc_random_seed(&same, 1);
    p->start(both, 2);
    ck_assert(p->random && p->bytes == 2 * sizeof(float));
    for (int i = 0; i < 6; i++) {
        float slot[2];
        char plan[64], why[64];
        ck_assert_int_le(p->plan_bytes, (long long)sizeof plan);
        struct nc_why unplanned;
        ck_assert_msg(p->plan(both, i, &random, plan, &unplanned), "%s", unplanned.text);
        ck_assert_int_eq(p->make(both, i, plan, 1, slot, why, sizeof why), 1);
        ck_assert(slot[0] == (i < 3 ? (float)i : (float)(97 + i) + (float)(nc_random32(&same) % 100)));
        p->end_plan(both, plan);
    }
}
END_TEST

static void load_it(void *data)
{
    ((struct nc_data *)data)->load(data);
}

START_TEST(what_does_not_fit)
{
    static const double counts[] = {3, 6}, none[] = {0, 10};
    static const long long beyond[][3] = {{8, 1, 3}};
    static const char *const names[] = {"ants", NULL};
    struct toy *toy = new_toy("toy", 0, 10, 1, NULL), *bytes = new_toy("bytes", 0, 10, 1, NULL);
    struct toy *table = new_toy("table", 0, 10, 0, NULL), *named = new_toy("named", 0, 10, 1, names);
    struct toy *scaled = new_toy("scaled", 0, 10, 1, NULL);
    bytes->bytes = scaled->bytes = 1;
    table->regression = 1;
    scaled->data.pixel[1][7] = 3;
    expect_failure(load_it, keep(nc_random_split(&run, "part", &toy->data, counts, 2, 0, 0)),
                   "part: the lengths of random_split add up to 9, but toy has 10 samples");
    expect_failure(load_it, keep(nc_random_split(&run, "part", &toy->data, none, 2, 0, 0)), "part has no samples");
    expect_failure(load_it, keep(nc_subset(&run, "few", &toy->data, beyond, 1)),
                   "few: there is no sample 10 in toy, which has 10");
#define BOTH(a, b) keep(nc_concat(&run, "both", (struct nc_data *const[]){&(a)->data, &(b)->data}, 2))
    expect_failure(load_it, BOTH(toy, bytes), "both: samples of toy and of bytes are not of one shape");
    expect_failure(load_it, BOTH(toy, table), "both: toy and table have other kinds of targets");
    expect_failure(load_it, BOTH(toy, named), "both: toy and named have other kinds of targets");
    expect_failure(load_it, BOTH(bytes, scaled), "both: bytes and scaled have other numbers in Normalize");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, splits_as_torch, 0, 8);
    tcase_add_test(core, parts_of_parts);
    tcase_add_loop_test(core, classes_by_their_names, 0, 2);
    tcase_add_test(core, targets_go_along);
    tcase_add_test(core, prepared_beside_ready);
    tcase_add_test(core, what_does_not_fit);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
