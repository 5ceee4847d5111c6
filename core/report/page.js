// Draws every chart from the data beside it, and again at the width of the paper before printing.
const PAPER = 670;
const NARROW = 480;
const plots = [...document.querySelectorAll(".plot")];

for (const plot of plots) {
  const { data, layout } = JSON.parse(document.getElementById(`${plot.id}-data`).textContent);
  if (plot.clientWidth < NARROW) {
    layout.font = { ...layout.font, size: 11 };
    layout.xaxis = { ...layout.xaxis, tickangle: 0, nticks: 5 };
    layout.annotations = layout.annotations?.map((words) => ({ ...words, font: { ...words.font, size: 11 } }));
  }
  Plotly.newPlot(plot, data, layout, {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg", filename: plot.id },
  });
}

addEventListener("beforeprint", () => plots.forEach((plot) => Plotly.relayout(plot, { width: PAPER, autosize: false })));
addEventListener("afterprint", () => plots.forEach((plot) => Plotly.relayout(plot, { width: null, autosize: true })));
