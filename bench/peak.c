/*
 * What one core can do at most, in GFLOP/s, best of many short runs (as many as the argument says)
 * and their mean: registers only, no memory.
 * Compiled twice by peak.js: FUSED (256-bit fused multiply-add) and not (128-bit multiply, then add).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef FUSED
typedef float vector __attribute__((vector_size(32)));
#else
typedef float vector __attribute__((vector_size(16)));
#endif

#if defined(__x86_64__)
#define OPAQUE(x) __asm__ volatile("" : "+x"(x)) /* the compiler may not know the value */
#else
#define OPAQUE(x) __asm__ volatile("" : "+w"(x))
#endif

enum { ROWS = 4, COLUMNS = 2, STEPS = 1000000 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

static float run(void) {
  vector sum[ROWS][COLUMNS] = {0}, a[ROWS], b[COLUMNS];
  for (int i = 0; i < ROWS; i++) a[i] = (vector){0} + 1e-3f * i;
  for (int j = 0; j < COLUMNS; j++) b[j] = (vector){0} + 1e-3f * j;
  for (int step = 0; step < STEPS; step++) {
    for (int j = 0; j < COLUMNS; j++) OPAQUE(b[j]);
    for (int i = 0; i < ROWS; i++)
      for (int j = 0; j < COLUMNS; j++) sum[i][j] = sum[i][j] + a[i] * b[j];
  }
  float total = 0;
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < COLUMNS; j++) total += sum[i][j][0];
  return total;
}

int main(int count, char **arguments) {
  int repeats = count > 1 ? atoi(arguments[1]) : 60;
  double best = 1e9, all = 0;
  volatile float keep = 0;
  for (int repeat = 0; repeat < repeats; repeat++) {
    double start = seconds();
    keep += run();
    double taken = seconds() - start;
    if (taken < best) best = taken;
    all += taken;
  }
  double flops = 2.0 * ROWS * COLUMNS * STEPS * (sizeof(vector) / sizeof(float));
  printf("%.2f %.2f\n", flops / best / 1e9, flops * repeats / all / 1e9);
  return 0;
}
