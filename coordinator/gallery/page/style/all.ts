import './theme.css';
import './app.css';
import './wall.css';
import './side.css';
import './elite.css';
import './look.css';
import 'uplot/dist/uPlot.min.css';
