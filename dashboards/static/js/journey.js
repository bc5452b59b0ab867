// Where the map does not fit, it begins at the first stage where somebody stands.
const map = document.querySelector(".map");
const stages = [...(map?.querySelectorAll("thead th") ?? [])];
const first = stages.slice(1).find((stage) => stage.querySelector(".count")?.textContent.trim());
if (first && map.scrollWidth > map.clientWidth) map.scrollLeft = first.offsetLeft - stages[0].offsetWidth;
