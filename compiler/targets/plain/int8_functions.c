/* The functions of a library in integers (int8.c), of which a text has those that it needs. Images are channels last:
 * the element of channel i at row r and column c is x[(r * W + c) * C + i]. */
#include "targets/plain/plain.h"

/* The rows and columns of the image that a window has, from its first one inside on. */
#define EDGES                                                              \
    "const int top = first_inside(r * s->stride - s->padding, s->dilation);\n" \
    "const int left = first_inside(c * s->stride_w - s->padding_w, s->dilation_w);\n" \
    "const int bottom = least(r * s->stride - s->padding + (s->K - 1) * s->dilation + 1, s->H);\n" \
    "const int right = least(c * s->stride_w - s->padding_w + (s->L - 1) * s->dilation_w + 1, s->W);\n"

#define ADAPTIVE_EDGES                                                             \
    "const int top = r * s->H / s->OH, bottom = ((r + 1) * s->H + s->OH - 1) / s->OH;\n" \
    "const int left = c * s->W / s->OW, right = ((c + 1) * s->W + s->OW - 1) / s->OW;\n"

#define MAX_POOL(name, edges)                                                                  \
    "static void " name "(const int8_t *x, int8_t *y, const struct windows *s)\n"              \
    "{\n"                                                                                      \
    "for (int r = 0; r < s->OH; r++)\n"                                                        \
    "for (int c = 0; c < s->OW; c++, y += s->C) {\n"                                           \
    edges                                                                                      \
    "memset(y, -128, s->C);\n"                                                                 \
    "for (int row = top; row < bottom; row += s->dilation)\n"                                  \
    "for (int col = left; col < right; col += s->dilation_w) {\n"                              \
    "const int8_t *pixel = x + (row * s->W + col) * s->C;\n"                                   \
    "for (int i = 0; i < s->C; i++)\n"                                                         \
    "if (pixel[i] > y[i])\n"                                                                   \
    "y[i] = pixel[i];\n"                                                                       \
    "}\n"                                                                                      \
    "}\n"                                                                                      \
    "}\n"

#define AVERAGE(name, edges, count, mean)                                                                        \
    "static void " name "(const int8_t *x, int8_t *y, const struct windows *s, int32_t multiplier, int shift, " \
    "int zero_x, int zero_y)\n"                                                             \
    "{\n"                                                                                                        \
    "for (int r = 0; r < s->OH; r++)\n"                                                                          \
    "for (int c = 0; c < s->OW; c++) {\n"                                                                        \
    edges                                                                                                        \
    count                                                                                                        \
    "for (int i = 0; i < s->C; i++) {\n"                                                                         \
    "int32_t sum = 0;\n"                                                                                         \
    "for (int row = top; row < bottom; row++)\n"                                                                 \
    "for (int col = left; col < right; col++)\n"                                                                 \
    "sum += x[(row * s->W + col) * s->C + i] - zero_x;\n"                                                        \
    mean                                                                                                         \
    "}\n"                                                                                                        \
    "}\n"                                                                                                        \
    "}\n"

#define RESCALED "*y++ = rescaled((int64_t)sum * multiplier, shift, zero_y, -128, 127);\n"
#define SHARED "*y++ = shared((int64_t)sum * multiplier, (int64_t)count << shift, zero_y);\n"

#define ABOUT_MEANS "/* The mean of each window"

/* What a function needs stands in front of it. */
const PlainHelper plain_int8_helpers[] = {
    {"least(", "static int least(int a, int b)\n"
               "{\n"
               "return a < b ? a : b;\n"
               "}\n"},
    {"first_inside(", "/* The first one that is not negative of at, at + step, at + 2 step, ... */\n"
                      "static int first_inside(int at, int step)\n"
                      "{\n"
                      "return at >= 0 ? at : at + (step - 1 - at) / step * step;\n"
                      "}\n"},
    {"struct windows", "/* Windows of K rows and L columns over an image of H rows, W columns and C channels; what is"
                       " made of it has a\n * pixel for each window, in OH rows and OW columns, with O channels. */\n"
                       "struct windows {\n"
                       "int H, W, C, OH, OW, O, K, L, stride, stride_w, padding, padding_w, dilation, dilation_w;\n"
                       "};\n"},
    {"rescaled(", "/* An integer n of one scale becomes one of another, n / 2^shift: the nearest one, and halves go"
                  " up. */\n"
                  "static int8_t rescaled(int64_t n, int shift, int zero, int low, int high)\n"
                  "{\n"
                  "n += (int64_t)1 << (shift - 1);\n"
                  "n = zero + (n < 0 ? ~(~n >> shift) : n >> shift);\n"
                  "return (int8_t)(n < low ? low : n > high ? high : n);\n"
                  "}\n"},
    {"shared(", "/* The same of n / divisor, which is even. */\n"
                "static int8_t shared(int64_t n, int64_t divisor, int zero)\n"
                "{\n"
                "n += divisor / 2;\n"
                "n = zero + (n < 0 ? -((divisor - 1 - n) / divisor) : n / divisor);\n"
                "return (int8_t)(n < -128 ? -128 : n > 127 ? 127 : n);\n"
                "}\n"},
    {"quantized(", "/* The integer that is nearest to a real, halves away from 0. */\n"
                   "static int8_t quantized(real x, real scale, int zero)\n"
                   "{\n"
                   "const real n = x / scale;\n"
                   "const int q = zero + (int)lroundf(n > -512 ? n < 512 ? n : 512 : -512);\n"
                   "return (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);\n"
                   "}\n"},
    {"both(", "#ifdef __ARM_FEATURE_SIMD32\n"
              "#include <arm_acle.h>\n"
              "\n"
              "/* Cortex-M4 and M7 compute with two numbers of 16 bits at once. */\n"
              "static int16x2_t both(int n)\n"
              "{\n"
              "return (int16x2_t)((uint32_t)n << 16 | ((uint32_t)n & 0xffff));\n"
              "}\n"
              "#endif\n"},
    {"dot(", "/* The products of two rows, added. */\n"
             "static int32_t dot(const int8_t *w, const int8_t *x, int count, int zero_x)\n"
             "{\n"
             "int32_t sum = 0;\n"
             "#ifdef __ARM_FEATURE_SIMD32\n"
             "const int16x2_t zeros = both(zero_x);\n"
             "for (; count >= 4; count -= 4, w += 4, x += 4) {\n"
             "uint32_t weights, pixels;\n"
             "memcpy(&weights, w, sizeof weights);\n"
             "memcpy(&pixels, x, sizeof pixels);\n"
             "sum = __smlad(__sxtb16(weights), __ssub16(__sxtb16(pixels), zeros), sum);\n"
             "sum = __smlad(__sxtb16(weights >> 8), __ssub16(__sxtb16(pixels >> 8), zeros), sum);\n"
             "}\n"
             "#endif\n"
             "for (int i = 0; i < count; i++)\n"
             "sum += w[i] * (x[i] - zero_x);\n"
             "return sum;\n"
             "}\n"},
    {"linear(", "/* Each output is the sum of all inputs, each times a weight of its own. */\n"
                "static void linear(const int8_t *x, int8_t *y, int I, int O, const int8_t *w, const int32_t *bias, "
                "const int32_t *multiplier, const uint8_t *shift, int zero_x, int zero_y, int low,"
                " int high)\n"
                "{\n"
                "for (int o = 0; o < O; o++)\n"
                "y[o] = rescaled((bias[o] + dot(w + (long)o * I, x, I, zero_x)) * (int64_t)multiplier[o], shift[o],"
                " zero_y, low, high);\n"
                "}\n"},
    {"conv2d(", "/* Each pixel of an output is the sum of a window of the image, each element times a weight of its"
                " own. What is\n * around the image is 0, and left out. A window's row is one stretch of memory. */\n"
                "static void conv2d(const int8_t *x, int8_t *y, const struct windows *s, const int8_t *w, "
                "const int32_t *bias, const int32_t *multiplier, const uint8_t *shift, int"
                " zero_x, int zero_y, int low, int high)\n"
                "{\n"
                "for (int r = 0; r < s->OH; r++)\n"
                "for (int c = 0; c < s->OW; c++) {\n"
                "const int first = c * s->stride_w - s->padding_w, left = first < 0 ? 0 : first;\n"
                "const int count = (least(first + s->L, s->W) - left) * s->C;\n"
                "for (int o = 0; o < s->O; o++) {\n"
                "int32_t sum = bias[o];\n"
                "for (int k = 0; k < s->K; k++) {\n"
                "const int row = r * s->stride - s->padding + k * s->dilation;\n"
                "const int8_t *tap = w + (((long)o * s->K + k) * s->L + left - first) * s->C;\n"
                "if (row >= 0 && row < s->H)\n"
                "sum += dot(tap, x + (row * s->W + left) * s->C, count, zero_x);\n"
                "}\n"
                "*y++ = rescaled((int64_t)sum * multiplier[o], shift[o], zero_y, low, high);\n"
                "}\n"
                "}\n"
                "}\n"},
    {"conv2d_in_groups(", "/* The same where an output is made of the channels of its own group alone, or where a"
                          " window's columns stand apart. */\n"
                          "static void conv2d_in_groups(const int8_t *x, int8_t *y, const struct windows *s, int"
                          " groups, const int8_t *w, "
                          "const int32_t *bias, const int32_t *multiplier, const"
                          " uint8_t *shift, "
                          "int zero_x, int zero_y, int low, int high)\n"
                          "{\n"
                          "const int I = s->C / groups;\n"
                          "for (int r = 0; r < s->OH; r++)\n"
                          "for (int c = 0; c < s->OW; c++)\n"
                          "for (int o = 0; o < s->O; o++) {\n"
                          "int32_t sum = bias[o];\n"
                          "for (int k = 0; k < s->K; k++)\n"
                          "for (int l = 0; l < s->L; l++) {\n"
                          "const int row = r * s->stride - s->padding + k * s->dilation;\n"
                          "const int col = c * s->stride_w - s->padding_w + l * s->dilation_w;\n"
                          "const int8_t *tap = w + (((long)o * s->K + k) * s->L + l) * I;\n"
                          "if (row >= 0 && row < s->H && col >= 0 && col < s->W)\n"
                          "sum += dot(tap, x + (row * s->W + col) * s->C + o / (s->O / groups) * I, I, zero_x);\n"
                          "}\n"
                          "*y++ = rescaled((int64_t)sum * multiplier[o], shift[o], zero_y, low, high);\n"
                          "}\n"
                          "}\n"},
    {"conv2d_by_channel(",
     "/* The same where each channel has a window of its own: the weights of a place are side by side, as channels are."
     " */\n"
     "static void conv2d_by_channel(const int8_t *x, int8_t *y, const struct windows *s, const int8_t *w, "
     "const int32_t *bias, const int32_t *multiplier, const uint8_t *shift, int zero_x, int zero_y, int low,"
     " int high)\n"
     "{\n"
     "const int C = s->C;\n"
     "for (int r = 0; r < s->OH; r++)\n"
     "for (int c = 0; c < s->OW; c++) {\n"
     EDGES
     "const int across = s->dilation_w * C, down = s->dilation * s->W * C, width = (right - left) * C;\n"
     "const int corner = (top * s->W + left) * C, last = (bottom - 1) * s->W * C + left * C;\n"
     "const int first = ((top - r * s->stride + s->padding) / s->dilation * s->L +"
     " (left - c * s->stride_w + s->padding_w) / s->dilation_w) * C;\n"
     "int i = 0;\n"
     "#ifdef __ARM_FEATURE_SIMD32\n"
     "const int16x2_t zeros = both(zero_x);\n"
     "for (; i + 4 <= C; i += 4) {\n"
     "int32_t sums[4] = {bias[i], bias[i + 1], bias[i + 2], bias[i + 3]};\n"
     "for (int row = corner, k = first; row <= last; row += down, k += s->L * C) {\n"
     "for (int col = 0, l = 0; col < width; col += across, l += C) {\n"
     "uint32_t four, weights;\n"
     "memcpy(&four, x + row + col + i, sizeof four);\n"
     "memcpy(&weights, w + k + l + i, sizeof weights);\n"
     "const int16x2_t even = __ssub16(__sxtb16(four), zeros), odd = __ssub16(__sxtb16(four >> 8), zeros);\n"
     "sums[0] = __smlabb(even, __sxtb16(weights), sums[0]);\n"
     "sums[1] = __smlabb(odd, __sxtb16(weights >> 8), sums[1]);\n"
     "sums[2] = __smlatt(even, __sxtb16(weights), sums[2]);\n"
     "sums[3] = __smlatt(odd, __sxtb16(weights >> 8), sums[3]);\n"
     "}\n"
     "}\n"
     "for (int j = 0; j < 4; j++)\n"
     "*y++ = rescaled((int64_t)sums[j] * multiplier[i + j], shift[i + j], zero_y, low, high);\n"
     "}\n"
     "#endif\n"
     "for (; i < C; i++) {\n"
     "int32_t sum = bias[i];\n"
     "for (int row = corner, k = first; row <= last; row += down, k += s->L * C)\n"
     "for (int col = 0, l = 0; col < width; col += across, l += C)\n"
     "sum += w[k + l + i] * (x[row + col + i] - zero_x);\n"
     "*y++ = rescaled((int64_t)sum * multiplier[i], shift[i], zero_y, low, high);\n"
     "}\n"
     "}\n"
     "}\n"},
    {"max_pool2d(", "/* The largest pixel of each window. */\n" MAX_POOL("max_pool2d", EDGES)},
    {"max_pool2d_adaptive(", "/* The same where as many windows as there are to be share the image. */\n"
                             MAX_POOL("max_pool2d_adaptive", ADAPTIVE_EDGES)},
    {"avg_pool2d(", ABOUT_MEANS ": what divides them all is in the multiplier. */\n"
                    AVERAGE("avg_pool2d", EDGES, "", RESCALED)},
    {"avg_pool2d_by_pixels(", ABOUT_MEANS ": of the pixels that it has. */\n"
                              AVERAGE("avg_pool2d_by_pixels", EDGES,
                                      "const int count = (bottom - top) * (right - left);\n", SHARED)},
    {"avg_pool2d_by_padded(", ABOUT_MEANS ": of its pixels and of the zeros around the image. */\n"
                              AVERAGE("avg_pool2d_by_padded", EDGES,
                                      "const int from = r * s->stride - s->padding, from_w = c * s->stride_w -"
                                      " s->padding_w;\n"
                                      "const int count = (least(from + s->K, s->H + s->padding) - from) *"
                                      " (least(from_w + s->L, s->W + s->padding_w) - from_w);\n", SHARED)},
    {"avg_pool2d_adaptive(", ABOUT_MEANS ", where as many windows as there are to be share the image. */\n"
                             AVERAGE("avg_pool2d_adaptive", ADAPTIVE_EDGES, "", RESCALED)},
    {"avg_pool2d_adaptive_by_pixels(", ABOUT_MEANS ", where these are of several sizes. */\n"
                                       AVERAGE("avg_pool2d_adaptive_by_pixels", ADAPTIVE_EDGES,
                                               "const int count = (bottom - top) * (right - left);\n", SHARED)},
    {"add_scaled(", "/* y = a + b, each from its own scale; the sum is rounded. */\n"
                    "static void add_scaled(const int8_t *a, const int8_t *b, int8_t *y, int count, int32_t"
                    " multiplier_a, "
                    "int32_t multiplier_b, int shift, int zero_a, int zero_b, int zero_y, int"
                    " low, int high)\n"
                    "{\n"
                    "for (int i = 0; i < count; i++)\n"
                    "y[i] = rescaled((int64_t)(a[i] - zero_a) * multiplier_a + (int64_t)(b[i] - zero_b) *"
                    " multiplier_b, shift, zero_y, low, high);\n"
                    "}\n"},
    {"multiply_scaled(", "/* y = a b, where b has C numbers, for the channels of each of the P pixels of a. */\n"
                         "static void multiply_scaled(const int8_t *a, const int8_t *b, int8_t *y, int P, int C,"
                         " int32_t multiplier, "
                         "int shift, int zero_a, int zero_b, int zero_y)\n"
                         "{\n"
                         "for (int p = 0; p < P; p++)\n"
                         "for (int i = 0; i < C; i++)\n"
                         "y[p * C + i] = rescaled((int64_t)((a[p * C + i] - zero_a) * (b[i] - zero_b)) * multiplier,"
                         " shift, zero_y, -128, 127);\n"
                         "}\n"},
    {"look_up(", "/* What a table has for each of the 256 numbers. */\n"
                 "static void look_up(const int8_t *x, int8_t *y, int count, const int8_t *table)\n"
                 "{\n"
                 "for (int i = 0; i < count; i++)\n"
                 "y[i] = table[x[i] + 128];\n"
                 "}\n"},
    {"join_channels(", "/* The I channels of each of the P pixels of x become some of the O channels of y. */\n"
                       "static void join_channels(const int8_t *x, int8_t *y, int P, int I, int O)\n"
                       "{\n"
                       "for (int p = 0; p < P; p++)\n"
                       "memcpy(y + p * O, x + p * I, I);\n"
                       "}\n"},
    {"reorder(", "/* x has P pixels of C channels, y has Q pixels of D channels: both have the same numbers in torch's"
                 " order, channel\n * by channel. */\n"
                 "static void reorder(const int8_t *x, int8_t *y, int P, int C, int Q, int D)\n"
                 "{\n"
                 "for (int i = 0; i < P * C; i++)\n"
                 "y[i % Q * D + i / Q] = x[i % P * C + i / P];\n"
                 "}\n"},
    {"pad2d(", "/* A border around an image, or one that is cut off. */\n"
               "static void pad2d(const int8_t *x, int8_t *y, int H, int W, int C, int OH, int OW, int top, int left,"
               " int fill)\n"
               "{\n"
               "for (int r = 0; r < OH; r++)\n"
               "for (int c = 0; c < OW; c++, y += C) {\n"
               "const int row = r - top, col = c - left;\n"
               "if (row >= 0 && row < H && col >= 0 && col < W)\n"
               "memcpy(y, x + (row * W + col) * C, C);\n"
               "else\n"
               "memset(y, fill, C);\n"
               "}\n"
               "}\n"},
    {NULL, NULL},
};
