/* The kernels without tiles, against their formulas, to the bit. */
#include "kernel_check.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/pool_dims.h"

/* Floats with repeats, infinities and NaNs among them. */
static float *few_values(int64_t count)
{
    static const float values[] = {-2, -1, 0, 1, 2, 3, -INFINITY, INFINITY};
    float *numbers = malloc((size_t)count * sizeof *numbers);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = next_random() % 40 == 0 ? NAN : values[next_random() % 8];
    return numbers;
}

static void expect(const char *name, int lanes, float *got, float *wanted, int64_t count)
{
    for (int64_t i = 0; i < count; i++) /* one NaN is as good as another */
        if (isnan(got[i]) && isnan(wanted[i]))
            got[i] = wanted[i] = 0;
    assert_same_floats(name, lanes, 0, got, wanted, count);
}

/* The extent of a pool's output, as torch has it, without ceil_mode. */
static int64_t extent(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation)
{
    return (in + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}

/* The elements [*first, *end) of an input of `in` that window `at` of an adaptive pool holds. */
static void adaptive_window(int64_t at, int64_t out, int64_t in, int64_t *first, int64_t *end)
{
    *first = at * in / out;
    *end = (int64_t)ceil((double)((at + 1) * in) / (double)out);
}

static void max_pool(int lanes)
{
    for (int shape = 0; shape < 200; shape++) {
        int64_t ky = ONE_OF(1, 2, 3, 5), kx = ONE_OF(1, 2, 3), sy = ONE_OF(1, 2, 3), sx = ONE_OF(1, 2, 3),
                py = next_random() % (unsigned)(ky / 2 + 1), px = next_random() % (unsigned)(kx / 2 + 1),
                ly = ONE_OF(1, 1, 2), lx = ONE_OF(1, 1, 2);
        const int64_t in_rows = ly * (ky - 1) + 1 + ONE_OF(0, 1, 2, 3, 7), adaptive = shape % 4 == 1;
        const int64_t in_cols = lx * (kx - 1) + 1 + ONE_OF(0, 1, 2, 5);
        int64_t rows = extent(in_rows, ky, sy, py, ly) + (shape % 5 == 0), cols = extent(in_cols, kx, sx, px, lx);
        if (adaptive) {
            rows = ONE_OF(1, 2, 3, 7, 9), cols = ONE_OF(1, 2, 3, 5);
            ky = in_rows / rows + 2, kx = in_cols / cols + 2, py = px = 0, ly = lx = 1;
        }
        const int64_t channels = ONE_OF(16, 32, 48), col = channels + ONE_OF(0, 16), x_row = in_cols * col + 16,
                      y_row = cols * col + 16, relu = next_random() % 2;
        if (!adaptive && (rows - 1) * sy - py >= in_rows) /* ceil_mode would have no such window */
            continue;
        const int64_t pool[] = {rows, cols, channels, in_rows, in_cols, ky, kx, sy, sx, py, px, ly, lx, adaptive,
                                x_row, col, y_row, col, y_row, col, relu};
        const int64_t grad[] = {rows, cols, channels, in_rows, in_cols, ky, kx, sy, sx, py, px, ly, lx, adaptive,
                                x_row, col, y_row, col, y_row, col, y_row, col, relu};
        const int64_t inputs = in_rows * x_row, outputs = rows * y_row;
        float *x = few_values(inputs), *y = random_floats(outputs), *dy = random_floats(outputs);
        float *dx = random_floats(inputs);
        float *wanted_y = copy_of(y, (size_t)outputs * 4), *wanted_dx = copy_of(dx, (size_t)inputs * 4);
        unsigned short *arg = calloc((size_t)outputs, 2), *wanted_arg = calloc((size_t)outputs, 2);

        for (int64_t i = 0; i < in_rows * in_cols * channels; i++)
            wanted_dx[i / channels / in_cols * x_row + i / channels % in_cols * col + i % channels] = 0;
        for (int64_t r = 0; r < rows; r++)
            for (int64_t c = 0; c < cols; c++)
                for (int64_t k = 0; k < channels; k++) {
                    int64_t top = r * sy - py, left = c * sx - px, bottom = in_rows, right = in_cols;
                    float best = -INFINITY;
                    int at = -1;
                    if (adaptive) {
                        adaptive_window(r, rows, in_rows, &top, &bottom);
                        adaptive_window(c, cols, in_cols, &left, &right);
                    }
                    for (int64_t tap = 0; tap < ky * kx; tap++) {
                        const int64_t iy = top + tap / kx * ly, ix = left + tap % kx * lx;
                        if (iy < 0 || iy >= bottom || ix < 0 || ix >= right)
                            continue;
                        if (at < 0)
                            at = (int)tap;
                        take_max(x[iy * x_row + ix * col + k], (int)tap, &best, &at);
                    }
                    const int64_t to = r * y_row + c * col + k;
                    wanted_y[to] = relu ? rectified(best) : best;
                    wanted_arg[to] = (unsigned short)at;
                    const int64_t iy = top + at / kx * ly, ix = left + at % kx * lx;
                    wanted_dx[iy * x_row + ix * col + k] += relu && wanted_y[to] <= 0 ? 0 : dy[to];
                }
        call_prebuilt(FAMILY_MAX_POOL, pool, 0, (void *[]){x, y, arg});
        call_prebuilt(FAMILY_MAX_POOL_GRAD, grad, 0, (void *[]){dy, y, arg, dx});
        ck_assert_mem_eq(arg, wanted_arg, (size_t)outputs * 2);
        expect("max_pool", lanes, y, wanted_y, outputs);
        expect("max_pool_grad", lanes, dx, wanted_dx, inputs);
        free(x), free(y), free(dy), free(dx), free(wanted_y), free(wanted_dx), free(arg), free(wanted_arg);
    }
}

/* The elements [first, end) of an input of `in` that window `at` holds; *size: with the padding. */
static void average_window(const int64_t *d, int axis, int64_t at, int64_t *first, int64_t *end, int64_t *size)
{
    const int64_t out = d[POOL_rows + axis], in = d[POOL_in_rows + axis];
    const int64_t padding = d[POOL_padding_y + axis];
    const int64_t start = at * d[POOL_stride_y + axis] - padding, stop = start + d[POOL_kernel_y + axis];
    *first = start > 0 ? start : 0;
    *end = stop < in ? stop : in;
    *size = (stop < in + padding ? stop : in + padding) - start;
    if (d[dim_place(FAMILY_AVG_POOL, "adaptive")]) {
        adaptive_window(at, out, in, first, end);
        *size = *end - *first;
    }
}

static void average(int lanes)
{
    for (int shape = 0; shape < 200; shape++) {
        const int64_t ky = ONE_OF(1, 2, 3, 5), kx = ONE_OF(1, 2, 3, 4), sy = ONE_OF(1, 2, 3), sx = ONE_OF(1, 2, 3),
                      py = next_random() % (unsigned)(ky / 2 + 1), px = next_random() % (unsigned)(kx / 2 + 1);
        const int64_t in_rows = ky + ONE_OF(0, 1, 2, 3, 7), in_cols = kx + ONE_OF(0, 1, 2, 5);
        const int64_t adaptive = shape % 3 == 0;
        int64_t rows = extent(in_rows, ky, sy, py, 1) + (shape % 5 == 0), cols = extent(in_cols, kx, sx, px, 1);
        if (adaptive)
            rows = ONE_OF(1, 2, 3, 7, 9), cols = ONE_OF(1, 2, 3, 5);
        const int64_t channels = ONE_OF(16, 32, 48), col = channels + ONE_OF(0, 16), x_row = in_cols * col + 16,
                      y_row = cols * col + 16, relu = next_random() % 2, include = next_random() % 2,
                      divisor = ONE_OF(0, 0, 0, 7, -3);
        if (!adaptive && (rows - 1) * sy - py >= in_rows) /* ceil_mode would have no such window */
            continue;
        const int64_t d[] = {rows, cols, channels, in_rows, in_cols, ky, kx, sy, sx, py, px, adaptive, include,
                             divisor, x_row, col, y_row, col, relu};
        const int64_t grad[] = {rows, cols, channels, in_rows, in_cols, ky, kx, sy, sx, py, px, adaptive, include,
                                divisor, x_row, col, y_row, col, y_row, col, relu};
        const int64_t inputs = in_rows * x_row, outputs = rows * y_row;
        float *x = shape % 2 ? few_values(inputs) : random_floats(inputs), *y = random_floats(outputs);
        float *dy = random_floats(outputs), *dx = random_floats(inputs);
        float *wanted_y = copy_of(y, (size_t)outputs * 4), *wanted_dx = copy_of(dx, (size_t)inputs * 4);
        for (int64_t i = 0; i < in_rows * in_cols * channels; i++)
            wanted_dx[i / channels / in_cols * x_row + i / channels % in_cols * col + i % channels] = 0;
        for (int64_t i = 0; i < rows * cols * channels; i++) {
            const int64_t r = i / channels / cols, c = i / channels % cols, k = i % channels;
            const int64_t to = r * y_row + c * col + k;
            int64_t top, bottom, height, left, right, width;
            average_window(d, 0, r, &top, &bottom, &height);
            average_window(d, 1, c, &left, &right, &width);
            const int64_t clipped = (bottom - top) * (right - left), count = include ? height * width : clipped;
            const float by = (float)(divisor ? divisor : count);
            float sum = 0;
            for (int64_t n = 0; n < clipped; n++)
                sum += x[(top + n / (right - left)) * x_row + (left + n % (right - left)) * col + k];
            wanted_y[to] = relu ? rectified(sum / by) : sum / by;
            for (int64_t n = 0; n < clipped; n++)
                wanted_dx[(top + n / (right - left)) * x_row + (left + n % (right - left)) * col + k] +=
                    (relu && wanted_y[to] <= 0 ? 0 : dy[to]) / by;
        }
        call_prebuilt(FAMILY_AVG_POOL, d, 0, (void *[]){x, y});
        call_prebuilt(FAMILY_AVG_POOL_GRAD, grad, 0, (void *[]){dy, relu ? wanted_y : NULL, dx});
        expect("avg_pool", lanes, y, wanted_y, outputs);
        expect("avg_pool_grad", lanes, dx, wanted_dx, inputs);
        free(x), free(y), free(dy), free(dx), free(wanted_y), free(wanted_dx);
    }
}

static void pool_grad(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t in_rows = ONE_OF(2, 3, 4, 7), in_cols = ONE_OF(2, 3, 5, 8), channels = ONE_OF(16, 32, 48),
                      col = channels + ONE_OF(0, 16), dx_row = in_cols * col + 16, y_row = in_cols / 2 * col + 16;
        int64_t d[MAX_DIMS] = {channels, in_rows, in_cols, dx_row, col, y_row, col, y_row, col, y_row, col};
        int64_t *const act = d + dim_place(FAMILY_POOL_GRAD, "act");
        random_act(act);
        const int64_t inputs = in_rows * dx_row, outputs = in_rows / 2 * y_row;
        float *dy = random_floats(outputs), *y = few_values(outputs), *dx = random_floats(inputs);
        float *wanted = copy_of(dx, (size_t)inputs * 4);
        unsigned char *arg = malloc((size_t)outputs);
        for (int64_t i = 0; i < outputs; i++)
            arg[i] = next_random() % 4;
        for (int64_t i = 0; i < in_rows * in_cols * channels; i++) {
            const int64_t r = i / channels / in_cols, c = i / channels % in_cols, k = i % channels;
            const int64_t from = r / 2 * y_row + c / 2 * col + k;
            const int inside = r / 2 < in_rows / 2 && c / 2 < in_cols / 2;
            wanted[r * dx_row + c * col + k] =
                inside && arg[from] == r % 2 * 2 + c % 2 ? activated_by_grad(act, dy[from], y[from]) : 0;
        }
        call_prebuilt(FAMILY_POOL_GRAD, d, 0, (void *[]){dy, y, arg, dx});
        expect("pool_grad", lanes, dx, wanted, inputs);
        free(dy), free(y), free(dx), free(wanted), free(arg);
    }
}

static void maps(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t rows = ONE_OF(1, 2, 5), length = 4 * ONE_OF(1, 2, 3, 4, 7, 8, 16);
        const int64_t row = length + ONE_OF(0, 4, 16), floats = rows * row;
        int64_t d[MAX_DIMS] = {rows, length, row, row, row};
        int64_t by_rows[MAX_DIMS] = {rows, 1, length, row, 0, row, 0, row, 0};
        int64_t by_pixels[MAX_DIMS] = {1, rows, length, floats, row, floats, row, floats, row};
        int64_t *const add = shape % 2 ? by_rows : by_pixels, *const act = add + dim_place(FAMILY_ADD, "act");
        random_act(act);
        float *a = few_values(floats), *b = few_values(floats), *before = random_floats(floats);
        float *got = malloc(4 * (size_t)floats);
        unsigned char *mask = malloc((size_t)floats);
        for (int64_t i = 0; i < floats; i++)
            mask[i] = next_random() % 2;
        static const Family families[] = {FAMILY_RELU, FAMILY_RELU_GRAD, FAMILY_ADD, FAMILY_SCALE_MASK};
        for (int f = 0; f < 4; f++) {
            float *wanted = copy_of(before, 4 * (size_t)floats);
            for (int64_t i = 0; i < floats; i++)
                if (i % row < length)
                    wanted[i] = f == 0 ? rectified(a[i]) : f == 1 ? (b[i] <= 0 ? 0 : a[i])
                                : f == 2 ? activated_by(act, a[i] + b[i])
                                : a[i] * (mask[i] ? 1.25f : 0);
            memcpy(got, before, 4 * (size_t)floats);
            void *const operands[][3] = {{a, got}, {a, b, got}, {a, b, got}, {a, mask, got}};
            call_prebuilt(families[f], f == 2 ? add : d, 0, operands[f]);
            expect(family_info(families[f])->name, lanes, got, wanted, floats);
            free(wanted);
        }
        free(a), free(b), free(before), free(got), free(mask);
    }
}

static void moves(int lanes)
{
    for (int shape = 0; shape < 40; shape++) {
        const int64_t rows = ONE_OF(1, 2, 5), cols = ONE_OF(1, 3, 4), channels = ONE_OF(1, 3, 10, 16), padded = 16;
        const int64_t col = 16, row = cols * col + 4, count = channels * rows * cols;
        const int64_t flat_padded = (count + 15) / 16 * 16;
        float *x = random_floats(rows * row), *flat = random_floats(flat_padded);
        float *before_x = copy_of(x, (size_t)(rows * row) * 4), *before_flat = copy_of(flat, (size_t)flat_padded * 4);
        float *wanted = copy_of(flat, (size_t)flat_padded * 4);
        for (int64_t i = 0; i < flat_padded; i++)
            wanted[i] = i < count ? x[i / cols % rows * row + i % cols * col + i / cols / rows] : 0;
        call_prebuilt(FAMILY_FLATTEN, (int64_t[]){rows, cols, channels, row, col, flat_padded}, 0, (void *[]){x, flat});
        assert_same_floats("flatten", lanes, 0, flat, wanted, flat_padded);

        call_prebuilt(FAMILY_UNFLATTEN, (int64_t[]){rows, cols, channels, padded, row, col}, 0,
                      (void *[]){before_flat, x});
        unsigned char *bytes = malloc((size_t)count);
        float *pixel = random_floats(256 * channels), *from_bytes = copy_of(before_x, (size_t)(rows * row) * 4),
              *from_floats = copy_of(before_x, (size_t)(rows * row) * 4);
        for (int64_t i = 0; i < count; i++)
            bytes[i] = (unsigned char)next_random();
        const int64_t d[] = {rows, cols, channels, row, col};
        call_prebuilt(FAMILY_INPUT_BYTES, d, 0, (void *[]){bytes, pixel, from_bytes});
        call_prebuilt(FAMILY_INPUT_FLOATS, d, 0, (void *[]){before_flat, from_floats});
        for (int64_t i = 0; i < rows * row; i++) {
            const int64_t r = i / row, c = i % row / col, k = i % row % col, from = (k * rows + r) * cols + c;
            const int inside = c < cols && k < channels;
            ck_assert(x[i] == (inside ? before_flat[from] : c < cols && k < padded ? 0 : before_x[i]));
            ck_assert(from_bytes[i] == (inside ? pixel[k * 256 + bytes[from]] : before_x[i]));
            ck_assert(from_floats[i] == (inside ? before_flat[from] : before_x[i]));
        }
        free(x), free(flat), free(before_x), free(before_flat), free(wanted);
        free(bytes), free(pixel), free(from_bytes), free(from_floats);
    }
}

static void pads(int lanes)
{
    for (int shape = 0; shape < 40; shape++) {
        const int64_t rows = ONE_OF(1, 2, 5), cols = ONE_OF(1, 3, 4), channels = ONE_OF(16, 32), in_rows = ONE_OF(1, 4),
                      in_cols = ONE_OF(1, 2, 5), top = ONE_OF(-2, 0, 1), left = ONE_OF(-1, 0, 3),
                      filled = ONE_OF(0, 1, 7, 16),
                      x_row = in_cols * channels + ONE_OF(0, 16), y_row = cols * channels + ONE_OF(0, 32);
        float *x = random_floats(in_rows * x_row), *y = random_floats(rows * y_row);
        float *wanted = copy_of(y, (size_t)(rows * y_row) * 4);
        for (int64_t i = 0; i < rows * y_row; i++) {
            const int64_t r = i / y_row - top, c = i % y_row / channels - left, k = i % y_row % channels;
            const int outside = r < 0 || r >= in_rows || c < 0 || c >= in_cols;
            if (i % y_row < cols * channels)
                wanted[i] = !outside ? x[r * x_row + c * channels + k] : k < filled ? 0.75f : 0;
        }
        const int64_t d[] = {rows, cols, channels, in_rows, in_cols, top, left, filled, x_row, y_row};
        call_prebuilt(FAMILY_PAD2D, d, 0, (void *[]){x, y});
        assert_same_floats("pad", lanes, 0, y, wanted, rows * y_row);
        free(x), free(y), free(wanted);
    }
}

/* Where row, or column, `at` of an image that goes on with itself comes from: torch's rules, found by going there. */
static int64_t continued(int64_t at, int64_t size, int mode)
{
    if (mode == 2)
        return at < 0 ? 0 : at >= size ? size - 1 : at;
    while (at < 0 || at >= size) {
        if (mode == 1)
            at = at < 0 ? -at : 2 * size - 2 - at;
        else
            at += at < 0 ? size : -size;
    }
    return at;
}

static void extends(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t in_rows = ONE_OF(2, 4, 5), in_cols = ONE_OF(3, 4, 7), channels = ONE_OF(16, 32, 48),
                      top = ONE_OF(-1, 0, 1), left = ONE_OF(-2, 0, 1, 2), rows = in_rows + top + ONE_OF(0, 1),
                      cols = in_cols + left + ONE_OF(0, 2), mode = 1 + shape % 3,
                      x_row = in_cols * channels + ONE_OF(0, 16), y_row = cols * channels + ONE_OF(0, 32),
                      inputs = in_rows * x_row, outputs = rows * y_row,
                      d[] = {rows, cols, channels, in_rows, in_cols, top, left, mode, x_row, y_row};
        float *x = random_floats(inputs), *y = random_floats(outputs), *dx = random_floats(inputs);
        float *wanted_y = copy_of(y, (size_t)outputs * 4), *wanted_dx = copy_of(dx, (size_t)inputs * 4);
        for (int64_t i = 0; i < inputs; i++)
            wanted_dx[i] = i % x_row < in_cols * channels ? 0 : wanted_dx[i];
        for (int64_t i = 0; i < outputs; i++) {
            const int64_t r = continued(i / y_row - top, in_rows, (int)mode),
                          c = continued(i % y_row / channels - left, in_cols, (int)mode),
                          from = r * x_row + c * channels + i % y_row % channels;
            if (i % y_row >= cols * channels)
                continue;
            wanted_y[i] = x[from];
            wanted_dx[from] += wanted_y[i];
        }
        call_prebuilt(FAMILY_EXTEND2D, d, 0, (void *[]){x, y});
        call_prebuilt(FAMILY_EXTEND2D_GRAD, d, 0, (void *[]){y, dx});
        assert_same_floats("extend", lanes, 0, y, wanted_y, outputs);
        assert_same_floats("extend_grad", lanes, 0, dx, wanted_dx, inputs);
        free(x), free(y), free(dx), free(wanted_y), free(wanted_dx);
    }
}

/* The two elements between which `at` lies, and what part of each it takes; of the nearest one, all. */
typedef struct Taken {
    int64_t at[2];
    float part[2];
} Taken;

static Taken taken(int lanes, int64_t at, int64_t size, float step, int mode)
{
    float place = mode == 1 ? ((float)at + 0.5f) * step : (float)at * step;
    if (mode == 2)
        place = fmaxf(multiply_add(lanes, (float)at + 0.5f, step, -0.5f), 0);
    Taken t = {{(int64_t)floorf(place)}, {1, 0}};
    t.at[0] = t.at[0] < size ? t.at[0] : size - 1;
    t.at[1] = t.at[0] + 1 < size ? t.at[0] + 1 : size - 1;
    if (mode > 1) {
        t.part[1] = fminf(place - (float)t.at[0], 1);
        t.part[0] = 1 - t.part[1];
    }
    return t;
}

static void upsamples(int lanes)
{
    const float step_y = 0.7f, step_x = 1.3f; /* as call_prebuilt has them */
    for (int shape = 0; shape < 60; shape++) {
        const int mode = shape % 4;
        const int64_t rows = ONE_OF(1, 2, 9), cols = ONE_OF(1, 4, 7), channels = ONE_OF(16, 32, 48),
                      in_rows = ONE_OF(1, 2, 7), in_cols = ONE_OF(1, 5, 11),
                      x_row = in_cols * channels + ONE_OF(0, 16), y_row = cols * channels + ONE_OF(0, 32),
                      inputs = in_rows * x_row, outputs = rows * y_row,
                      d[] = {rows, cols, channels, in_rows, in_cols, mode, x_row, y_row};
        float *x = random_floats(inputs), *y = random_floats(outputs), *dx = random_floats(inputs);
        float *wanted_y = copy_of(y, (size_t)outputs * 4), *wanted_dx = copy_of(dx, (size_t)inputs * 4);
        for (int64_t i = 0; i < inputs; i++)
            wanted_dx[i] = i % x_row < in_cols * channels ? 0 : wanted_dx[i];
        for (int64_t i = 0; i < outputs; i++) {
            const Taken v = taken(lanes, i / y_row, in_rows, step_y, mode),
                        h = taken(lanes, i % y_row / channels, in_cols, step_x, mode);
            float line[2];
            if (i % y_row >= cols * channels)
                continue;
            for (int n = 0; n < 2; n++) {
                const float *from = x + v.at[n] * x_row + i % y_row % channels;
                const float left = from[h.at[0] * channels], right = from[h.at[1] * channels];
                line[n] = multiply_add(lanes, right, h.part[1], left * h.part[0]);
            }
            wanted_y[i] = multiply_add(lanes, line[1], v.part[1], line[0] * v.part[0]);
            for (int n = 0; n < (mode > 1 ? 4 : 1); n++) {
                float *to = wanted_dx + v.at[n / 2] * x_row + h.at[n % 2] * channels + i % y_row % channels;
                *to = multiply_add(lanes, wanted_y[i], v.part[n / 2] * h.part[n % 2], *to);
            }
        }
        call_prebuilt(FAMILY_UPSAMPLE2D, d, 0, (void *[]){x, y});
        call_prebuilt(FAMILY_UPSAMPLE2D_GRAD, d, 0, (void *[]){y, dx});
        assert_same_floats("upsample", lanes, mode, y, wanted_y, outputs);
        assert_same_floats("upsample_grad", lanes, mode, dx, wanted_dx, inputs);
        free(x), free(y), free(dx), free(wanted_y), free(wanted_dx);
    }
}

static void zero_outside_groups(int lanes)
{
    (void)lanes;
    /* 32 outputs in 8 groups of 4, from 2 channels each: blocks of 16 outputs read 8 channels. */
    const int64_t taps = 3, run = 8, outs = 32, w_row = 48, d[] = {taps, run, outs, w_row, 16, 8, 2, 4};
    float *g = random_floats(taps * run * w_row), *before = copy_of(g, (size_t)(taps * run * w_row) * 4);
    call_prebuilt(FAMILY_ZERO_OUTSIDE_GROUPS, d, 0, (void *[]){g});
    for (int64_t i = 0; i < taps * run * w_row; i++) {
        const int64_t o = i % w_row, r = i / w_row % run;
        const int zero = o < outs && (o / 16 * 8 + r) / 2 != o / 4;
        ck_assert(g[i] == (zero ? 0 : before[i]));
    }
    free(g), free(before);
}

/* Two to four parts side by side, and the gradient of one of them. */
static void concat(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t rows = ONE_OF(1, 2, 5), cols = ONE_OF(1, 3, 4), count = 2 + shape % 3;
        int64_t channels[4] = {0}, row[4] = {0}, col[4] = {0}, first[5] = {0};
        float *part[4] = {0};
        for (int i = 0; i < count; i++) {
            channels[i] = ONE_OF(1, 3, 8, 16, 17, 32);
            col[i] = round_up(channels[i], 16) + ONE_OF(0, 16);
            row[i] = cols * col[i] + ONE_OF(0, 32);
            part[i] = random_floats(rows * row[i]);
            first[i + 1] = first[i] + channels[i];
        }
        const int64_t all = first[count], padded = round_up(all, 16), y_col = padded, y_row = cols * y_col + 16;
        const int64_t which = next_random() % count, dx_padded = round_up(channels[which], 16);
        const int64_t forward[] = {rows, cols, padded, channels[0], channels[1], channels[2], channels[3], row[0],
                                   col[0], row[1], col[1], row[2], col[2], row[3], col[3], y_row, y_col};
        const int64_t back[] = {rows, cols, channels[which], dx_padded, first[which], y_row, y_col, row[which],
                                col[which]};
        float *y = random_floats(rows * y_row), *wanted = copy_of(y, (size_t)(rows * y_row) * 4);
        float *dx = random_floats(rows * row[which]), *wanted_dx = copy_of(dx, (size_t)(rows * row[which]) * 4);
        for (int64_t r = 0; r < rows; r++)
            for (int64_t c = 0; c < cols; c++) {
                for (int64_t k = all; k < padded; k++)
                    wanted[r * y_row + c * y_col + k] = 0;
                for (int i = 0; i < count; i++)
                    for (int64_t k = 0; k < channels[i]; k++)
                        wanted[r * y_row + c * y_col + first[i] + k] = part[i][r * row[i] + c * col[i] + k];
                for (int64_t k = 0; k < dx_padded; k++)
                    wanted_dx[r * row[which] + c * col[which] + k] =
                        k < channels[which] ? wanted[r * y_row + c * y_col + first[which] + k] : 0;
            }
        call_prebuilt(FAMILY_CONCAT_CHANNELS, forward, 0, (void *[]){part[0], part[1], part[2], part[3], y});
        assert_same_floats("concat_channels", lanes, 0, y, wanted, rows * y_row);
        call_prebuilt(FAMILY_CONCAT_CHANNELS_GRAD, back, 0, (void *[]){y, dx});
        assert_same_floats("concat_channels_grad", lanes, 0, dx, wanted_dx, rows * row[which]);
        for (int i = 0; i < count; i++)
            free(part[i]);
        free(y), free(wanted), free(dx), free(wanted_dx);
    }
}

static void (*const tests[])(int lanes) = {max_pool, average, pool_grad, maps, moves, pads, extends,
                                           upsamples, zero_outside_groups, concat};

START_TEST(test_simple)
{
    for_each_width(tests[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_simple");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, test_simple, 0, sizeof tests / sizeof *tests);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
