import './main.css';

document.title = 'A page for tests';
