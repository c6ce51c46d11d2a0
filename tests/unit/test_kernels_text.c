/* Kernels printed with numbers, as a model's own: compiled here by each C compiler that is found, warnings being
 * errors, they give the very bits of the prebuilt ones.
 * NETC_INCLUDE is the folder of vector.h (the build sets it); without a compiler the test is skipped. */
#include <dlfcn.h>
#include <unistd.h>

#include "kernel_check.h"
#include "targets/cpu/families/winograd.h"

/* There are five shapes of each family: a compiler takes the first or the last three, in turn with its widths. */
enum { SHAPES = 3, PER_COMPILE = FAMILY_KERNELS * SHAPES, MAX_OPERAND_COUNT = 6, BYTES = 1 << 19 };

typedef struct Printed {
    Family family;
    int64_t dim[MAX_DIMS];
} Printed;

static void set(int64_t *d, int count, const int64_t *values)
{
    memcpy(d, values, (size_t)count * sizeof *d);
}
#define SET(...) set(d, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__})

/* Random dimensions of any family; everything fits into BYTES. */
static void random_dims(Family family, int64_t *d, int shape)
{
    const int64_t r = ONE_OF(1, 2, 3, 6), c = ONE_OF(1, 2, 3, 5, 8), k = ONE_OF(16, 32, 48), col = k + ONE_OF(0, 16),
                  row = 16 * col, relu = shape % 2, length = 4 * ONE_OF(1, 3, 4, 8, 16), step = length + ONE_OF(0, 4),
                  kernel = ONE_OF(1, 2, 3), padding = kernel > 1 ? shape / 2 % 2 : 0, channels = ONE_OF(1, 3, 5),
                  wide = shape % 3 == 2 ? kernel + 2 : kernel;
    int64_t f[3];
    random_act(f);
    switch (family) {
    case FAMILY_CONV: random_conv(d, 0); break;
    case FAMILY_CONV_POOL: random_conv(d, 1); break;
    case FAMILY_CONV_GRAD_WEIGHT: random_grad_weight(d); break;
    case FAMILY_PANEL_GRAD_WEIGHT: { /* samples of less than a block, of one, and of more */
        const int64_t samples = ONE_OF(5, 128, 200);
        SET(samples, k, ONE_OF(1, 4), 16 * samples + 16 * relu);
        break;
    }
    case FAMILY_PANEL_GRAD_INPUT: {
        const int64_t inputs = 16 * r, panels = ONE_OF(1, 3);
        SET(ONE_OF(1, 3, 8), inputs, k, panels, inputs * k + 16 * relu, panels * k + 16 * relu, inputs + 16 * relu);
        break;
    }
    case FAMILY_POOL_CONV_GRAD_WEIGHT: random_sparse(d); break;
    case FAMILY_POOL_CONV_GRAD_INPUT: random_sparse_input(d); break;
    case FAMILY_DEPTHWISE_GRAD_WEIGHT: random_depthwise(d); break;
    case FAMILY_DEPTHWISE: {
        int64_t g[MAX_DIMS];
        random_depthwise(g);
        SET(g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8], g[9], g[10], g[11], g[12], shape / 2 % 2, f[0],
            f[1], f[2], shape / 3 % 2 * 80);
        break;
    }
    case FAMILY_GRAD_BIAS: SET(r, c, k, row, col); break;
    case FAMILY_MAX_POOL: /* windows of a size, and adaptive ones */
        SET(r, c, k, r + kernel - 1, c + kernel, wide, wide, 1, 1, padding, padding, 1, 1, shape % 3 == 2,
            row, col, row, col, row, col, relu);
        break;
    case FAMILY_MAX_POOL_GRAD:
        SET(r, c, k, r + kernel - 1, c + kernel, wide, wide, 1, 1, padding, padding, 1, 1, shape % 3 == 2,
            row, col, row, col, row, col, row, col, relu);
        break;
    case FAMILY_POOL_GRAD: SET(k, r + 1, c + 1, row, col, row, col, row, col, row, col, f[0], f[1], f[2]); break;
    case FAMILY_AVG_POOL: /* windows inside; with padding and without; adaptive */
        SET(r, c, k, r + kernel, c + kernel, kernel, kernel, 1, 1, padding, padding, shape % 3 == 2, shape % 3 == 1,
            shape % 4 ? 0 : 5, row, col, row, col, relu);
        break;
    case FAMILY_AVG_POOL_GRAD:
        SET(r, c, k, r + kernel, c + kernel, kernel, kernel, 1, 1, padding, padding, shape % 3 == 2, shape % 3 == 1,
            shape % 4 ? 0 : 5, row, col, row, col, row, col, relu);
        break;
    case FAMILY_RELU: SET(r, length, step, step); break;
    case FAMILY_ADD: SET(r, 1, length, step, 0, step, 0, step, 0, f[0], f[1], f[2]); break;
    case FAMILY_RELU_GRAD:
    case FAMILY_SCALE_MASK: SET(r, length, step, step, step); break;
    case FAMILY_MOMENTS: SET(r, ONE_OF(1, 5, 64, 70), k, 80 * col, col, k); break;
    case FAMILY_NORM: SET(r, c, k, row, col, k, row, col, row, col, f[0], f[1], f[2], shape % 2); break;
    case FAMILY_NORM_SUMS:
        SET(r, ONE_OF(1, 5, 64, 70), k, 80 * col, col, 80 * col, col, k, k, f[0], f[1], f[2]);
        break;
    case FAMILY_NORM_GRAD: SET(r, c, k, row, col, row, col, k, k, row, col, f[0], f[1], f[2]); break;
    case FAMILY_SCALE:
    case FAMILY_SCALE_GRAD: SET(r, k, col, k, col, relu); break;
    case FAMILY_ACTIVATE: SET(r, length, step, step, shape % ACTIVATION_COUNT, 1, relu ? 5 : 16, 16); break;
    case FAMILY_ACTIVATE_GRAD: SET(r, length, step, step, step, shape % ACTIVATION_COUNT); break;
    case FAMILY_SOFTMAX: SET(r, c, k - 3 * relu, k, shape / 2 % 2, row, col, row, col); break;
    case FAMILY_SOFTMAX_GRAD: SET(r, c, k - 3 * relu, k, shape / 2 % 2, row, col, row, col, row, col); break;
    case FAMILY_SCALE_CHANNELS: SET(r, c, k, row, col, row, col); break;
    case FAMILY_PRELU:
    case FAMILY_PRELU_GRAD_WEIGHT: SET(r, c, k, relu, row, col, row, col); break;
    case FAMILY_PRELU_GRAD: SET(r, c, k, relu, row, col, row, col, row, col); break;
    case FAMILY_EMBEDDING: SET(c, k, col, k); break;
    case FAMILY_EMBEDDING_BAG: SET(c, k, col, shape % 3 - 1, relu); break;
    case FAMILY_EMBEDDING_GRAD: SET(r, c, 2, k, col, shape % 3 - 1, relu, 8 * col, shape > 3 ? 0 : col); break;
    case FAMILY_SWAP: SET(c, k - 3 * relu, k, 16, col); break;
    case FAMILY_FLATTEN: SET(r, c, channels, c * 16, 16, r * c * channels + 8 * relu); break;
    case FAMILY_PAD2D:
        SET(r, c, k, r + shape % 3, c + relu, shape % 3 - 1, 2 - shape % 4, shape % 3 == 2 ? k : 9 * relu,
            (c + relu) * k, c * k + 16);
        break;
    case FAMILY_EXTEND2D: /* all padded, then cut off at the top; no rows padded */
    case FAMILY_EXTEND2D_GRAD:
        SET(shape == 3 ? 7 : 11, c + 6, k, 7, c + 4, shape == 3 ? 0 : 2 - shape, 2, 1 + shape % 3, (c + 4) * k + 16,
            (c + 6) * k);
        break;
    case FAMILY_UPSAMPLE2D:
    case FAMILY_UPSAMPLE2D_GRAD: SET(r, c, k, ONE_OF(1, 2, 5), c + 2, shape % 4, (c + 2) * k, c * k + 16); break;
    case FAMILY_UNFLATTEN: SET(r, c, channels, 16, c * 16, 16); break;
    case FAMILY_INPUT_BYTES:
    case FAMILY_INPUT_FLOATS: SET(r, c, channels, c * channels, channels); break;
    case FAMILY_TRANSPOSE: {
        /* Dense; then blocks of 16 over a forward pass in one block, and over one in blocks. relu: outputs-major. */
        const int64_t taps_y = ONE_OF(1, 2), taps_x = ONE_OF(1, 3), run = ONE_OF(1, 8, 12, 16, 20);
        const int64_t w_run = shape % 3 == 2 ? 16 : 32;
        const int64_t w_in = relu ? 1 : 32, w_out = relu ? 25 * 32 : 1, tap = relu ? 32 : w_run * 32;
        if (shape % 3 == 0)
            SET(taps_y, taps_x, run, 32, 48, 32, 0, w_run, run, 32, 0, 5 * tap, tap, w_in, w_out, 4, 4, -1, -1);
        else
            SET(taps_y, taps_x, run, 32, 32, 16, 8, w_run, 20, w_run, shape % 3 == 1 ? 0 : 16, 5 * tap, tap, w_in,
                w_out, 2, 4, -2, -1);
        break;
    }
    case FAMILY_WINOGRAD3:
    case FAMILY_WINOGRAD5:
    case FAMILY_WINOGRAD3_POOL:
    case FAMILY_WINOGRAD5_POOL: {
        const int64_t ins = ONE_OF(3, 16, 32);
        const int64_t dilation = r % 2 || c % 2 || family_info(family)->pools ? 1 : 2;
        SET(4 + r, 4 + c, ins, k, 20 * ins, row, col, 0, shape / 2 % 2, shape / 3 % 2 * k, 1 + relu, dilation,
            240 * ins, 10 * row, k, f[0], f[1], f[2], row, col, 10 * row, shape % 3 == 1);
        d[WINOGRAD3_block] = shape ? winograd_block(family, d) : 3;
        break;
    }
    case FAMILY_WINOGRAD3_GRAD_WEIGHT:
    case FAMILY_WINOGRAD5_GRAD_WEIGHT:
        SET(4 + r, 4 + c, 16, k, 320, row, col, 0, 16 * k, k, 1 + relu, 1, 4800, 10 * row, 15 + relu);
        d[WINOGRAD3_block] = shape ? winograd_block(family, d) : 3;
        break;
    case FAMILY_WINOGRAD_WEIGHTS3:
    case FAMILY_WINOGRAD_WEIGHTS5:
        if (shape % 2)
            SET(15 + c, k, 5 * 32 * k, 32 * k, k, 1, 32, k);
        else
            SET(32, k - 3, 5 * k * 32, k * 32, 1, 32, 32, k);
        break;
    default: SET(ONE_OF(1, 3), ONE_OF(1, 8), 32, 32, 16, 8, 2, 4); break;
    }
}

static Text print_all(Arena *arena, Printed *printed, int first)
{
    Text text = text_new(arena), table = text_new(arena);
    text_add(&text, "#include \"activations.h\"\n#include \"vector.h\"\n#include \"winograd.h\"\n\n");
    for (int i = 0; i < PER_COMPILE; i++) {
        Printed *p = &printed[i];
        p->family = (Family)(i / SHAPES);
        random_dims(p->family, p->dim, first + i % SHAPES);
        Tile tile[WIDTH_COUNT] = {{0}};
        if (family_info(p->family)->tiles)
            for (Width width = 0; width < WIDTH_COUNT; width++)
                tile[width] = chosen_tile(p->family, width, p->dim);
        emit_kernel_sized(&text, p->family, arena_printf(arena, "kernel_%d", i), p->dim, tile);
        text_add(&text, "\n");
        text_printf(&table, "(void (*)(void))kernel_%d, ", i);
    }
    text_printf(&text, "extern void (*const kernels[])(void);\nvoid (*const kernels[])(void) = {%s};\n", table.bytes);
    return text;
}

#define AS(...) ((void (*)(__VA_ARGS__))kernel)

static void call_printed(Family family, const int64_t *d, void (*kernel)(void), void *const *p)
{
    switch (family) {
    case FAMILY_CONV: AS(const void *, const void *, const void *, void *)(p[0], p[1], p[2], p[3]); break;
    case FAMILY_ACTIVATE: AS(const void *, void *, float, float)(p[0], p[1], 0.75f, 1.25f); break;
    case FAMILY_ACTIVATE_GRAD:
        AS(const void *, const void *, void *, float, float)(p[0], p[1], p[2], 0.75f, 1.25f);
        break;
    case FAMILY_PAD2D: AS(const void *, void *, float)(p[0], p[1], 0.75f); break;
    case FAMILY_UPSAMPLE2D:
    case FAMILY_UPSAMPLE2D_GRAD: AS(const void *, void *, float, float)(p[0], p[1], 0.7f, 1.3f); break;
    case FAMILY_SCALE_MASK: AS(const void *, const void *, float, void *)(p[0], p[1], 1.25f, p[2]); break;
    case FAMILY_CONV_POOL:
    case FAMILY_POOL_CONV_GRAD_INPUT:
    case FAMILY_NORM_GRAD:
    case FAMILY_CONCAT_CHANNELS:
    case FAMILY_WINOGRAD3:
    case FAMILY_WINOGRAD5: AS(void *, void *, void *, void *, void *)(p[0], p[1], p[2], p[3], p[4]); break;
    case FAMILY_POOL_CONV_GRAD_WEIGHT:
    case FAMILY_WINOGRAD3_POOL:
    case FAMILY_WINOGRAD5_POOL:
        AS(void *, void *, void *, void *, void *, void *)(p[0], p[1], p[2], p[3], p[4], p[5]);
        break;
    case FAMILY_EMBEDDING_GRAD: { /* two parts, as call_prebuilt has them */
        const long part = 2 * d[dim_place(family, "g_row")];
        AS(const void *, const void *, void *, long)(p[0], p[1], p[2], 0);
        AS(const void *, const void *, void *, long)(p[0], p[1], (float *)p[2] + part, 2);
        break;
    }
    case FAMILY_WINOGRAD_WEIGHTS3:
    case FAMILY_WINOGRAD_WEIGHTS5:
    case FAMILY_TRANSPOSE:
        for (int part = 0; part < 3; part++)
            AS(const void *, void *, int, int)(p[0], p[1], part, 3);
        break;
    default: AS(void *, void *, void *, void *)(p[0], p[1], p[2], p[3]); break;
    }
}

/* The operands of a kernel: those it writes to, 'w', floats, 'f', small indices of one, two or four bytes, 'b', 's',
 * 'i', and, 'p', pointers to such of four. */
static const char *const operand_kinds[FAMILY_KERNELS] = {
    [FAMILY_CONV] = "fffw", [FAMILY_CONV_POOL] = "fffww", [FAMILY_CONV_GRAD_WEIGHT] = "ffw",
    [FAMILY_PANEL_GRAD_WEIGHT] = "ffw", [FAMILY_PANEL_GRAD_INPUT] = "ffw",
    [FAMILY_POOL_CONV_GRAD_WEIGHT] = "fffbww", [FAMILY_POOL_CONV_GRAD_INPUT] = "ffbfw",
    [FAMILY_DEPTHWISE] = "fffw", [FAMILY_DEPTHWISE_GRAD_WEIGHT] = "ffw",
    [FAMILY_GRAD_BIAS] = "fw", [FAMILY_MAX_POOL] = "fww", [FAMILY_MAX_POOL_GRAD] = "ffsw",
    [FAMILY_POOL_GRAD] = "ffbw", [FAMILY_AVG_POOL] = "fw", [FAMILY_AVG_POOL_GRAD] = "ffw",
    [FAMILY_RELU] = "fw", [FAMILY_RELU_GRAD] = "ffw", [FAMILY_ADD] = "ffw",
    [FAMILY_MOMENTS] = "fw", [FAMILY_NORM] = "fffw", [FAMILY_NORM_SUMS] = "fffw", [FAMILY_NORM_GRAD] = "ffffw",
    [FAMILY_ACTIVATE] = "fw", [FAMILY_ACTIVATE_GRAD] = "ffw", [FAMILY_SOFTMAX] = "fw", [FAMILY_SOFTMAX_GRAD] = "ffw",
    [FAMILY_PRELU] = "ffw", [FAMILY_PRELU_GRAD] = "fffw", [FAMILY_PRELU_GRAD_WEIGHT] = "ffw",
    [FAMILY_SCALE] = "fffw", [FAMILY_SCALE_GRAD] = "ffw", [FAMILY_SCALE_CHANNELS] = "ffw",
    [FAMILY_EMBEDDING] = "ifw", [FAMILY_EMBEDDING_BAG] = "ifw", [FAMILY_EMBEDDING_GRAD] = "pfw", [FAMILY_SWAP] = "fw",
    [FAMILY_SCALE_MASK] = "fbw", [FAMILY_FLATTEN] = "fw", [FAMILY_UNFLATTEN] = "fw", [FAMILY_PAD2D] = "fw",
    [FAMILY_EXTEND2D] = "fw", [FAMILY_EXTEND2D_GRAD] = "fw",
    [FAMILY_CONCAT_CHANNELS] = "ffffw", [FAMILY_CONCAT_CHANNELS_GRAD] = "fw",
    [FAMILY_UPSAMPLE2D] = "fw", [FAMILY_UPSAMPLE2D_GRAD] = "fw",
    [FAMILY_INPUT_BYTES] = "bfw",
    [FAMILY_INPUT_FLOATS] = "fw", [FAMILY_TRANSPOSE] = "fw", [FAMILY_ZERO_OUTSIDE_GROUPS] = "w",
    [FAMILY_WINOGRAD3] = "fffww", [FAMILY_WINOGRAD5] = "fffww", [FAMILY_WINOGRAD3_POOL] = "fffwww",
    [FAMILY_WINOGRAD5_POOL] = "fffwww", [FAMILY_WINOGRAD_WEIGHTS3] = "fw", [FAMILY_WINOGRAD_WEIGHTS5] = "fw",
    [FAMILY_WINOGRAD3_GRAD_WEIGHT] = "ffww", [FAMILY_WINOGRAD5_GRAD_WEIGHT] = "ffww",
};

static void fill(unsigned char *operand, char kind)
{
    enum { POINTERS = 16, APART = 64 };
    const int size = kind == 'b' ? 1 : kind == 's' ? 2 : 4;
    for (int i = 0; i < BYTES; i++)
        operand[i] = kind != 'f' && kind != 'w' && i % size == 0 ? next_random() % 4 : 0;
    for (int i = 0; kind == 'p' && i < POINTERS; i++)
        ((unsigned char **)(void *)operand)[i] = operand + (POINTERS + i) * APART;
    if (kind == 'f' || kind == 'w')
        for (int i = 0; i < BYTES / 4; i++)
            ((float *)(void *)operand)[i] = (float)next_random() / (float)(1 << 23) - 1;
}

static void compare(const Printed *p, void (*kernel)(void), int lanes, const char *command)
{
    const char *kinds = operand_kinds[p->family];
    void *printed[MAX_OPERAND_COUNT] = {NULL}, *prebuilt[MAX_OPERAND_COUNT] = {NULL};
    for (int i = 0; kinds[i]; i++) {
        printed[i] = aligned_alloc(64, BYTES);
        fill(printed[i], kinds[i]);
        prebuilt[i] = kinds[i] == 'w' ? memcpy(aligned_alloc(64, BYTES), printed[i], BYTES) : printed[i];
    }
    const Width width = lanes == 16 ? WIDTH_16 : lanes == 8 ? WIDTH_8 : WIDTH_4;
    int tile = 0;
    if (family_info(p->family)->tiles) {
        const Tile t = chosen_tile(p->family, width, p->dim);
        tile = t.rows * 100 + t.cols * 10 + t.vecs;
    }
    call_printed(p->family, p->dim, kernel, printed);
    call_prebuilt(p->family, p->dim, tile, prebuilt);
    for (int i = 0; kinds[i]; i++)
        if (kinds[i] == 'w') {
            if (memcmp(printed[i], prebuilt[i], BYTES))
                ck_abort_msg("a printed %s differs from the prebuilt one (%s)", family_info(p->family)->name, command);
            free(prebuilt[i]);
        }
    for (int i = 0; kinds[i]; i++)
        free(printed[i]);
}

static void compile_and_compare(const char *compiler, const char *options, int lanes, int first)
{
    char folder[] = "/tmp/netc-kernels-XXXXXX";
    ck_assert(mkdtemp(folder));
    Arena *arena = arena_new();
    static Printed printed[PER_COMPILE];
    Text text = print_all(arena, printed, first);
    const char *source = arena_printf(arena, "%s/kernels.c", folder);
    const char *object = arena_printf(arena, "%s/kernels.so", folder);
    FILE *file = fopen(source, "w");
    ck_assert(file && fwrite(text.bytes, 1, text.length, file) == text.length && fclose(file) == 0);
    const char *winograd = arena_printf(arena, "%s/winograd.o", folder);
    const char *command = arena_printf(
        arena, "%s -std=gnu11 -Wall -Wextra -Wshadow -Werror -ffp-contract=off -fPIC %s -I%s", compiler, options,
        NETC_INCLUDE);
    /* What they call of Winograd's is no printed text, and not optimized. */
    const char *called = arena_printf(arena, "%s -O0 -c -o %s %s/kernels/winograd.c", command, winograd, NETC_INCLUDE);
    ck_assert_msg(system(called) == 0, "failed: %s", called);
    command = arena_printf(arena, "%s -shared -o %s %s %s", command, object, source, winograd);
    ck_assert_msg(system(command) == 0, "failed: %s", command);
    void *library = dlopen(object, RTLD_NOW);
    ck_assert_msg(library != NULL, "%s", dlerror());
    void (*const *kernels)(void) = dlsym(library, "kernels");
    ck_assert(nc_kernels_force(lanes));
    for (int i = 0; i < PER_COMPILE; i++)
        compare(&printed[i], kernels[i], lanes, command);
    nc_kernels_force(0);
    dlclose(library);
    remove(source), remove(object), remove(winograd), rmdir(folder);
    arena_free(arena);
}

/* Each of these in its first name that is found. */
static const char *const compilers[][3] = {{"gcc"}, {"clang", "clang-14"}};

static const char *compiler_found(const char *const *names)
{
    for (int i = 0; names[i]; i++) {
        char probe[64];
        snprintf(probe, sizeof probe, "command -v %s >/dev/null", names[i]);
        if (system(probe) == 0)
            return names[i];
    }
    return NULL;
}

START_TEST(test_printed_kernels)
{
    const char *compiler = compiler_found(compilers[_i]);
    if (!compiler) {
        fprintf(stderr, "# %s: skipped, there is none\n", compilers[_i][0]);
        return;
    }
    for (int i = 0; i < MAX_WIDTHS; i++) {
        if (!nc_kernels_force(all_lanes[i]))
            continue;
        random_state = (unsigned)_i + 7;
        char options[64];
        snprintf(options, sizeof options, "-O2 -fno-unroll-loops %s", /* as `netc build` has it */
                 all_lanes[i] == 16 ? "-mavx512f -mavx2 -mfma" : all_lanes[i] == 8 ? "-mavx2 -mfma" : "");
        compile_and_compare(compiler, options, all_lanes[i], (i + _i) % 2 * 2);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_text");
    TCase *core = tcase_create("core");
    tcase_set_timeout(core, 120);
    tcase_add_loop_test(core, test_printed_kernels, 0, (int)(sizeof compilers / sizeof *compilers));
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
