/* Data sets out of files: numpy's arrays, tables, MNIST's and CIFAR's files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/asan_interface.h>

#include "core.h"
#include "files.h"

/* What samples are taken for: the variant chooses. */
static const struct nc_loss loss = {.ignore_index = -100};
static const struct nc_model models[] = {
    {.name = "Classes", .loss = &loss, .input_rank = 1, .input_shape = {3}, .outputs = 3, .classes = 1, .floats = 1},
    {.name = "Numbers", .loss = &loss, .input_rank = 1, .input_shape = {2}, .outputs = 2, .floats = 1},
    {.name = "Tokens", .loss = &loss, .input_rank = 1, .input_shape = {3}, .outputs = 3, .classes = 1, .tokens = 20},
    {.name = "Planes", .loss = &loss, .input_rank = 3, .input_shape = {1, 2, 3}, .outputs = 1, .floats = 1},
};
static const struct nc_model digits = {
    .name = "Digits", .loss = &loss, .input_rank = 3, .input_shape = {1, 28, 28}, .outputs = 10, .classes = 1,
};
static const struct nc_model colours[] = {
    {.name = "Ten", .loss = &loss, .input_rank = 3, .input_shape = {3, 32, 32}, .outputs = 10, .classes = 1},
    {.name = "Hundred", .loss = &loss, .input_rank = 3, .input_shape = {3, 32, 32}, .outputs = 100, .classes = 1},
};

static struct nc_run run;

static struct nc_run *start(const struct nc_model *model)
{
    run = (struct nc_run){.model = model, .program = "fuzz"};
    return &run;
}

/* Reads all of it, and learns from it where something is learned. */
static void read_all(struct nc_data *data)
{
    unsigned long long sum = 0;
    nc_load_data(data);
    nc_fit_data(data->run, data, NULL);
    for (long long i = 0; i < data->count && i < 1000; i++) {
        const unsigned char *sample = nc_data_sample(data, i);
        for (long long k = 0; k < data->sample_bytes && k < 4096; k++)
            sum += sample[k];
    }
    __asm__ volatile("" : : "r"(sum)); /* so that the bytes are read */
}

/* Variant bits: 0, 1 the model; 2, 3 what is the target; 4, 5 what is done with the columns. */
static const struct nc_column targets[][2] = {{{NULL, -1}}, {{NULL, 0}, {NULL, 1}}, {{"y", 0}}, {{"b", 0}}};

static void do_with_columns(struct nc_data *data, int variant)
{
    if (variant >> 4 & 1)
        nc_standardize(data);
    if (variant >> 5 & 1)
        nc_min_max(data, -1, 1);
}

static void try_csv(const struct input *input)
{
    static const char *const delimiters[] = {",", ";", "\t", " "};
    static const char *const missing[] = {"error", "drop", "mean", "median"};
    static const struct nc_column categorical[] = {{"b", 0}};
    int v = input->variant, target = v >> 2 & 3;
    struct nc_run *at = start(&models[v & 1]);
    offer("t.csv", input->bytes, input->size);
    struct nc_data *data = nc_csv(at, "set", "t.csv", target == 1 ? 2 : 1, targets[target], (int)(input->size % 3) - 1,
                                  delimiters[v >> 6], -1, NULL, v & 2 ? 1 : -1, categorical, missing[input->size % 4]);
    do_with_columns(data, v);
    read_all(data);
}

static void try_npy(const struct input *input)
{
    int v = input->variant, target = v >> 2 & 3;
    struct nc_run *at = start(&models[v & 3]);
    offer("x.npy", input->bytes, input->size);
    offer("y", input->bytes, input->size);
    struct nc_data *data = nc_npy(at, "set", "x.npy", target == 1 ? 2 : 1, targets[target]);
    do_with_columns(data, v);
    read_all(data);
}

/* Variant bit 6: the input is the array x, put into a zip file. */
static void try_npz(const struct input *input)
{
    static const unsigned char labels[] = "\x93NUMPY\1\0\x40\0{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }"
                                          "      \n\0\1\2";
    const struct record records[] = {{"x.npy", input->bytes, input->size}, {"y.npy", labels, sizeof labels - 1}};
    struct nc_run *at = start(&models[input->variant & 3]);
    size_t size = input->size;
    unsigned char *zip = input->variant & 64 ? zip_of(records, 2, &size) : NULL;
    offer("t.npz", zip ? zip : input->bytes, size);
    struct nc_data *data = nc_npz(at, "set", "t.npz", "x", "y");
    do_with_columns(data, input->variant);
    read_all(data);
}

/* Two files: as many bytes of labels as the input's first two bytes say, and behind them pictures. Variant bit 0:
 * packed by gzip here; bit 1: packed already; bit 2: QMNIST's labels. */
static void try_idx(const struct input *input)
{
    struct nc_run *at = start(&digits);
    at->data_folder = in_scratch("idx");
    if (input->size < 2)
        return;
    size_t size = input->size - 2, first = (size_t)(input->bytes[0] | input->bytes[1] << 8);
    first = first < size ? first : size;
    size_t packed[2] = {first, size - first};
    const unsigned char *files[2] = {input->bytes + 2, input->bytes + 2 + first};
    if ((input->variant & 3) == 1)
        for (int i = 0; i < 2; i++)
            files[i] = gzip_of(files[i], packed[i], &packed[i]);
    static char names[2][32];
    const char *end = input->variant & 3 ? ".gz" : "";
    snprintf(names[0], sizeof names[0], "labels-idx%s%s", input->variant & 4 ? "2-int" : "1-ubyte", end);
    snprintf(names[1], sizeof names[1], "images-idx3-ubyte%s", end);
    for (int i = 0; i < 2; i++)
        offer(names[i], files[i], packed[i]);
    struct nc_data *data = input->variant & 4 ? nc_qmnist(at, "set", "there", "test", 0)
                                              : nc_mnist(at, "set", "there", 0);
    nc_to_tensor(data);
    read_all(data);
}

static void prepare_idx(void)
{
    static const char *const names[] = {
        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "qmnist-test-images-idx3-ubyte",
        "qmnist-test-labels-idx2-int",
    };
    make_scratch_folder("idx");
    for (int i = 0; i < 4; i++) {
        char path[128];
        snprintf(path, sizeof path, "idx/%s", names[i]);
        write_scratch(path, NULL, 0);
    }
}

/* The pictures of a file, and room before and behind them for what the input says. */
enum { PICTURES = 10000, PIXELS = 3072, CAPACITY = 1 << 16 };
static unsigned char *pixels; /* [ROOM][PICTURES * PIXELS][ROOM], or [PICTURES][1 + PIXELS] */

/* A binary batch of the right size whose labels are the input; variant bit 2: of the wrong size. */
static void offer_binary(const struct input *input, int hundred)
{
    size_t record = PIXELS + 1 + (size_t)hundred, size = (size_t)PICTURES * record;
    for (size_t i = 0; i < PICTURES; i++)
        pixels[i * record + (size_t)hundred] = i < input->size ? input->bytes[i] : 0;
    offer(hundred ? "test.bin" : "test_batch.bin", pixels, input->variant & 4 ? size - 1 : size);
    offer(".txt", input->bytes, input->size);
}

/* A pickle: where the input has the bytes FE FE FE FE, the pixels of all pictures stand. */
static void offer_pickle(const struct input *input, int hundred)
{
    static const unsigned char mark[] = {0xfe, 0xfe, 0xfe, 0xfe};
    const unsigned char *at = memmem(input->bytes, input->size, mark, sizeof mark), *file = input->bytes;
    size_t size = input->size;
    if (at && size < CAPACITY) {
        size_t before = (size_t)(at - input->bytes), behind = size - before - sizeof mark;
        file = pixels + CAPACITY - before;
        memcpy(pixels + CAPACITY - before, input->bytes, before);
        memcpy(pixels + CAPACITY + PICTURES * PIXELS, at + sizeof mark, behind);
        size = before + PICTURES * PIXELS + behind;
        ASAN_POISON_MEMORY_REGION(file + size, CAPACITY - behind);
    }
    offer(hundred ? "test" : "test_batch", file, size);
    offer("meta", input->bytes, input->size);
}

/* Variant bit 0: CIFAR-100; bit 1: the pickled form. */
static void try_cifar(const struct input *input)
{
    static const char *const folders[] = {"cifar/10b", "cifar/100b", "cifar/10p", "cifar/100p"};
    int hundred = input->variant & 1, pickled = input->variant >> 1 & 1;
    struct nc_run *at = start(&colours[hundred]);
    at->data_folder = in_scratch(folders[input->variant & 3]);
    ASAN_UNPOISON_MEMORY_REGION(pixels, 2 * CAPACITY + PICTURES * PIXELS);
    if (pickled)
        offer_pickle(input, hundred);
    else
        offer_binary(input, hundred);
    struct nc_data *data = hundred ? nc_cifar100(at, "set", "there", 0) : nc_cifar10(at, "set", "there", 0);
    nc_to_tensor(data);
    read_all(data);
}

static void prepare_cifar(void)
{
    static const char *const names[] = {
        "10b/test_batch.bin", "10b/batches.meta.txt", "100b/test.bin", "100b/fine_label_names.txt", "10p/test_batch",
        "10p/batches.meta", "100p/test", "100p/meta",
    };
    static const char *const folders[] = {"cifar", "cifar/10b", "cifar/100b", "cifar/10p", "cifar/100p"};
    pixels = calloc(1, 2 * CAPACITY + (size_t)PICTURES * PIXELS);
    for (int i = 0; i < 5; i++)
        make_scratch_folder(folders[i]);
    for (int i = 0; i < 8; i++) {
        char path[128];
        snprintf(path, sizeof path, "cifar/%s", names[i]);
        write_scratch(path, NULL, 0);
    }
}

const struct kind array_kinds[] = {
    {"csv", 512, NULL, try_csv},
    {"npy", 512, NULL, try_npy},
    {"npz", 512, NULL, try_npz},
    {"idx", 512, prepare_idx, try_idx},
    {"cifar", 512, prepare_cifar, try_cifar},
    {0},
};
