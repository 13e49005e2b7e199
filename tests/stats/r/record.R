# Records what R computes for the comparisons' tests: Rscript record.R > recorded.csv
# Debian packages: r-base-core, r-cran-exactranktests, r-cran-boot, r-cran-lmertest. No randomness anywhere.
suppressMessages({library(exactRankTests); library(boot)})
put <- function(name, value) cat(sprintf("%s,%.17g\n", name, value), sep = "")
cat(sprintf("# %s, exactRankTests %s, boot %s\n", R.version.string,
            packageVersion("exactRankTests"), packageVersion("boot")))
cat("name,value\n")

# eight and seven runs, seconds; the second set has ties on purpose
a <- c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06)
b <- c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06)
d <- c(0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, 0.08, -1.30)   # Hollander and Wolfe, as in ?wilcox.test
x <- c(1, 2, 2, 3, 4, 5, 5, 6); y <- c(2, 3, 5, 5, 7, 8, 9)         # ties within and between

for (n in c(2, 3, 5, 10, 17, 64)) {
  put(sprintf("power_two_%d", n), power.t.test(n = n, power = .8, strict = TRUE, tol = 1e-12)$delta)
  put(sprintf("power_paired_%d", n), power.t.test(n = n, power = .8, type = "paired", strict = TRUE, tol = 1e-12)$delta)
}
w <- t.test(log(a), log(b)); put("welch_p", w$p.value); put("welch_df", w$parameter)
put("welch_lo", exp(w$conf.int[1])); put("welch_hi", exp(w$conf.int[2])); put("welch_effect", exp(-diff(w$estimate)))
t <- suppressWarnings(wilcox.exact(a, b, conf.int = TRUE, exact = TRUE))     # 1.06 twice: conditional on ties
put("hl_ties_lo", t$conf.int[1]); put("hl_ties_hi", t$conf.int[2])
b2 <- c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.07)
h <- wilcox.test(a, b2, conf.int = TRUE, exact = TRUE)
put("hl_between", h$estimate); put("hl_between_lo", h$conf.int[1]); put("hl_between_hi", h$conf.int[2])
v <- wilcox.test(d, conf.int = TRUE, exact = TRUE)
put("hl_paired", v$estimate); put("hl_paired_lo", v$conf.int[1]); put("hl_paired_hi", v$conf.int[2]); put("hl_paired_p", v$p.value)
put("u_ties", suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = TRUE))$statistic)
put("u_ties_p", suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = TRUE))$p.value)
put("permutation_p", perm.test(round(100 * a), round(100 * c(b, 1.5)), exact = TRUE)$p.value)
put("permutation_paired_p", perm.test(round(1000 * d), paired = FALSE, exact = TRUE)$p.value)
put("ks_d", suppressWarnings(ks.test(x, y))$statistic)
p <- c(0.01, 0.04, 0.03, 0.005, 0.2, 0.05, 0.6, 0.0001)
for (m in c("holm", "BH", "BY")) for (i in seq_along(p)) put(sprintf("adjust_%s_%d", m, i), p.adjust(p, m)[i])
z <- t.test(log(a), log(b), conf.level = .9); put("tost_lo", z$conf.int[1]); put("tost_hi", z$conf.int[2])
lh <- as.numeric(lh); r <- acf(lh, plot = FALSE, lag.max = 8)$acf
for (i in 0:8) put(sprintf("acf_lh_%d", i), r[i + 1])
cc <- ccf(as.numeric(mdeaths), as.numeric(fdeaths), plot = FALSE, lag.max = 5)
for (i in 1:11) put(sprintf("ccf_deaths_%d", i - 6), cc$acf[i])
k <- cor.test(1:9, d, method = "kendall"); put("kendall_tau", k$estimate); put("kendall_p", k$p.value)
# deterministic bootstrap interval (DiCiccio and Efron's ABC) of the mean: what BCa approaches
ab <- abc.ci(a, function(v, w) sum(v * w) / sum(w), conf = .95); put("abc_lo", ab[2]); put("abc_hi", ab[3])
e <- empinf(data = a, statistic = function(v, w) sum(v * w) / sum(w), type = "inf", stype = "w")
put("acceleration", sum(e^3) / (6 * sum(e^2)^1.5))
# a mixed model with a random block, two arms x two scenarios x three rates, four blocks a cell: lmer needs
# r-cran-lmertest; the same by block differences, with one spread (lm) and with their own (oneway.test)
suppressMessages({library(lme4); library(lmerTest)})
w <- expand.grid(arm = c("a", "b"), rate = c("1", "2", "3"), scenario = c("s", "t"), block = c("1", "2", "3", "4"))
w$y <- exp(0.02 * ((1:48 * 7) %% 11) + 0.1 * (1:48 %% 7) + 0.3 * ((1:48 %/% 2) %% 5) + 0.12 * (w$arm == "b") * as.numeric(w$rate) + 0.05 * (w$scenario == "t"))
w$cell <- interaction(w$rate, w$scenario, w$block)
old <- options(contrasts = c("contr.sum", "contr.poly"))
m <- lmer(log(y) ~ arm * rate * scenario + (1 | cell), w); s <- summary(m)$coefficients
put("lmer_block_sd", as.data.frame(VarCorr(m))$sdcor[1])
put("lmer_arm", -2 * s["arm1", "Estimate"]); put("lmer_arm_se", 2 * s["arm1", "Std. Error"]); put("lmer_arm_df", s["arm1", "df"])
v <- anova(m)
for (term in c("arm:rate", "arm:scenario", "arm:rate:scenario")) {
  put(paste0("lmer_f_", term), v[term, "F value"]); put(paste0("lmer_p_", term), v[term, "Pr(>F)"])
}
options(old)
h <- log(w$y[w$arm == "b"]) - log(w$y[w$arm == "a"]); cells <- interaction(w$rate, w$scenario)[w$arm == "a"]
o <- oneway.test(h ~ cells); put("oneway_f", o$statistic); put("oneway_df2", o$parameter[2]); put("oneway_p", o$p.value)
